// Settings of Celery in files that came with the evidence: celeryconfig.py, /etc/default/celeryd, units. They are read as
// text and never run.
import type { PostureCheck, Stand } from '../check.ts';
import { aboutFile, type ConfigurationFile } from '../configuration.ts';
import { brokerUrl, isLoopback } from '../place.ts';
import { baseName } from '../words.ts';

const SERIALIZER =
  /^\s{0,40}(?:task_serializer|result_serializer|CELERY_TASK_SERIALIZER|CELERY_RESULT_SERIALIZER)\s{0,10}=\s{0,10}["']pickle["']/m;
const ACCEPTED = /(?:accept_content|CELERY_ACCEPT_CONTENT)\s{0,10}=\s{0,10}[[({][^\])}]{0,300}\bpickle\b/;
const LEVEL =
  /(?:--loglevel[= ]|\s-l[ =]?|CELERYD_LOG_LEVEL\s{0,10}=\s{0,10}|worker_log_level\s{0,10}=\s{0,10})["']?(debug|trace|warn(?:ing)?|error|critical|fatal)\b/i;
const BROKER =
  /^\s{0,40}(?:broker_url|BROKER_URL|CELERY_BROKER_URL|CELERY_BROKER)\s{0,10}[=:]\s{0,10}["']?([a-z][a-z0-9+.-]{1,40}:\/\/[^\s"']{1,500})/m;
const AS_ROOT =
  /^\s{0,40}(?:export\s+)?(?:C_FORCE_ROOT\s{0,4}=\s{0,4}["']?(?:1|true|yes)|CELERYD_USER\s{0,4}=\s{0,4}["']?root\b|Environment=["']?C_FORCE_ROOT=)/im;

export const configurationCelery: PostureCheck = {
  id: 'configuration-celery',
  read({ configuration }) {
    return configuration
      .filter(
        ({ member: { path }, text }) =>
          /celery/i.test(path) || /\bcelery\b[^\n]{0,200}\b(?:worker|beat)\b/.test(text),
      )
      .flatMap(ofFile);
  },
};

function ofFile(file: ConfigurationFile): Stand[] {
  const { text } = file;
  const { path } = file.member;
  const about = aboutFile(file, 'celery');
  const lines = text.replace(/^\s*#.*$/gm, '');
  const stands: Stand[] = [];
  if (ACCEPTED.test(lines) || SERIALIZER.test(lines))
    stands.push({
      ...about,
      topic: 'hardening',
      standing: 'bad',
      title: 'Pickle in the configuration',
      proof: `${baseName(path)} names pickle as ${ACCEPTED.test(lines) ? 'accepted content' : 'serializer'}: whoever can send a message runs code.`,
      change: "Set accept_content = ['json'], task_serializer = 'json' and result_serializer = 'json'.",
    });
  const level = LEVEL.exec(lines)?.[1]?.toLowerCase();
  if (level)
    stands.push({
      ...about,
      topic: 'levels',
      standing: 'weak',
      title: `Log level ${level} in the configuration`,
      proof:
        level === 'debug' || level === 'trace'
          ? `${baseName(path)} sets the level ${level}: arguments and bodies of tasks stand in the log.`
          : `${baseName(path)} sets the level ${level}: received and finished tasks leave no line.`,
      change: 'Set --loglevel=INFO (CELERYD_LOG_LEVEL="INFO").',
    });
  const broker = brokerUrl(BROKER.exec(lines)?.[1] ?? '');
  if (broker && !broker.password && /^(?:rediss?|amqps?|pyamqp|sentinel)/.test(broker.scheme))
    stands.push({
      ...about,
      topic: 'authentication',
      standing: isLoopback(broker.host) ? 'weak' : 'bad',
      title: 'Broker without a password in the configuration',
      proof: `${baseName(path)} sets a broker URL of ${broker.scheme} on ${broker.host || 'an unnamed host'} without a password.`,
      change: 'Give the broker a user and a password and put them into broker_url.',
    });
  if (AS_ROOT.test(lines))
    stands.push({
      ...about,
      topic: 'hardening',
      standing: 'weak',
      title: 'Workers run as root by configuration',
      proof: `${baseName(path)} sets C_FORCE_ROOT or the user root: every task is root.`,
      change: 'Give workers a user of their own (CELERYD_USER, --uid, User=).',
    });
  return stands;
}
