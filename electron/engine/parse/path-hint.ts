// What a path may say of a member; see path.ts for what reads it.
import type { StrayRule } from './kind.ts';

export interface PathHint {
  /** Format family the path speaks for: ray, celery, mesos, registry, redis; '' when it says nothing. */
  family: string;
  /** The path is documented for the family, not merely similar. */
  sure: boolean;
  component: string;
  strays: StrayRule;
  /** The whole member is one record: a dump or a configuration file. */
  whole: boolean;
  year: number;
  month: number;
  /** 0 unless the path states the day of the first line. */
  day: number;
  role: string;
  /** Ids the path names, as fields of every record. */
  fields: Record<string, string>;
  /** kind, value pairs that every record of the member concerns. */
  entities: [string, string][];
  pid: string;
}

export const hint = (over: Partial<PathHint>): PathHint => ({
  family: '',
  sure: false,
  component: '',
  strays: 'unparsed',
  whole: false,
  year: 0,
  month: 0,
  day: 0,
  role: '',
  fields: {},
  entities: [],
  pid: '',
  ...over,
});

/** Names of configuration files: such a member is one record. */
export const CONFIG_FILE =
  /(?:\.(?:ya?ml|json|ini|conf|cfg|cnf|toml|properties|env|service|pem|crt|csr|key|pub|xml|rules|proto)|(?:^|\/|\.)htpasswd|\/(?:hosts|hostname|resolv\.conf|passwd|group|crontab|timezone|Dockerfile|credentials?)|(?:^|\/)(?:sha\d*|md5)sums?(?:\.txt)?|(?:^|\/)celery_?config\.py|\/(?:default|sysconfig|conf\.d)\/celery[\w.-]*)$/i;
