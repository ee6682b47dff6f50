// The version that cases, reports and custody entries state.
import manifest from '../../../package.json' with { type: 'json' };

export const TOOL_VERSION: string = manifest.version;
