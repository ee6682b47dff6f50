// All checks of the logging posture; each stands in a file of its own. docs/posture.md says what each proves and what it can't.
import type { PostureCheck } from './check.ts';
import { clock } from './checks/clock.ts';
import { formats } from './checks/formats.ts';
import { levels } from './checks/levels.ts';
import { permissions } from './checks/permissions.ts';

export const CHECKS: readonly PostureCheck[] = [levels, formats, clock, permissions];
