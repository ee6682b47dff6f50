// Words of the report that a reader outside the field may need.
export const GLOSSARY: { term: string; meaning: string }[] = [
  { term: 'best time', meaning: 'the time as logged, moved to UTC, plus the clock offset of the node' },
  { term: 'bundle', meaning: 'an archive or folder of logs as it was handed over' },
  {
    term: 'clock offset',
    meaning: 'what is added to the times of a node so that its clock agrees with the others',
  },
  {
    term: 'confirmed / open',
    meaning: 'a responder judged the finding to be right / nobody has judged it yet',
  },
  { term: 'event', meaning: 'one log record; a traceback of many lines is one event' },
  {
    term: 'finding',
    meaning: 'what a rule found in the events; a claim that rests on the lines listed with it',
  },
  {
    term: 'level',
    meaning: 'how much a finding matters if it is right: informational, low, medium, high, critical',
  },
  { term: 'member', meaning: 'a file inside a bundle' },
  { term: 'node', meaning: 'a machine or container that wrote logs' },
  { term: 'record', meaning: 'the bytes of one event in its file' },
  { term: 'SHA-256', meaning: 'a fingerprint of bytes; equal fingerprints mean equal bytes' },
  { term: 'time basis', meaning: 'how the time of an event is known' },
];
