// Secrets in configuration files that came with the evidence: names of the settings, never their values.
import type { PostureCheck } from '../check.ts';
import { aboutFile } from '../configuration.ts';
import { mask, settingsOf } from '../secret.ts';
import { baseName, named, plural } from '../words.ts';

export const configurationSecrets: PostureCheck = {
  id: 'configuration-secrets',
  read({ configuration }) {
    return configuration.flatMap((file) => {
      const { text, system } = file;
      const { path } = file.member;
      if (/"principal"/.test(text)) return []; // credentials of Mesos: configuration-mesos.ts names them
      const found = settingsOf(text);
      if (found.length === 0) return [];
      return [
        {
          ...aboutFile(file, ''),
          system: system === 'other' ? null : system,
          topic: 'secrets' as const,
          standing: 'weak' as const,
          title: 'Secrets in a configuration file',
          proof: `${baseName(path)} holds ${plural(found.length, 'secret')} in clear or as a hash: ${named(found.map(({ name, value }) => `${name} ${mask(value)}`))}. Whoever has the bundle or this case has ${found.length === 1 ? 'it' : 'them'}.`,
          change:
            'Renew them after the incident, and hand them over as files or variables that bundles leave out.',
        },
      ];
    });
  },
};
