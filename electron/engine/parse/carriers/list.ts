// All carriers, the particular before those that fit more.
import { beats } from './beats.ts';
import type { Carrier } from './carrier.ts';
import { cloudwatch, cloudwatchTail } from './cloudwatch.ts';
import { compose } from './compose.ts';
import { cri } from './cri.ts';
import { csv } from './csv.ts';
import { dcos } from './dcos.ts';
import { dockerJson } from './docker-json.ts';
import { bulk, elasticsearch } from './elasticsearch.ts';
import { fluentBit, fluentBitJson, fluentd } from './fluentd.ts';
import { gelf } from './gelf.ts';
import { grep } from './grep.ts';
import { journalExport, journalVerbose } from './journal-blocks.ts';
import { journalJson } from './journal-json.ts';
import { journalText } from './journal-text.ts';
import { kubectlPrefix } from './kubectl.ts';
import { loki } from './loki.ts';
import { otlp } from './otlp.ts';
import { recordJson } from './record-json.ts';
import { splunk } from './splunk.ts';
import { stamped } from './stamped.ts';
import { stern } from './stern.ts';
import { syslog } from './syslog.ts';
import { tail } from './tail.ts';
import { vector } from './vector.ts';

export const CARRIERS: readonly Carrier[] = [
  journalExport,
  journalVerbose,
  csv,
  cri,
  elasticsearch,
  bulk,
  splunk,
  journalJson,
  gelf,
  loki,
  otlp,
  cloudwatch,
  dockerJson,
  vector,
  beats,
  fluentBitJson,
  fluentd,
  fluentBit,
  syslog,
  journalText,
  dcos,
  kubectlPrefix,
  compose,
  stern,
  tail,
  grep,
  cloudwatchTail,
  stamped,
  recordJson,
];
