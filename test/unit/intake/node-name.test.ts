import { expect, test } from 'vitest';
import { nodeOf } from '../../../electron/engine/intake/node-name.ts';

test.each<[bundle: string, member: string, archive: boolean, node: string]>([
  // The innermost archive that has a telling name.
  ['ray-head.tar.gz', 'session_latest/logs/raylet.out', true, 'ray-head'],
  ['worker-3.zip', 'var/log/syslog', true, 'worker-3'],
  ['gpu07.tgz', 'logs/raylet.out', true, 'gpu07'],
  ['incident.tar.gz', 'cel-node-01.tar.gz!/celery/worker.log', true, 'cel-node-01'],
  ['folder', 'in/cel-node-01.zip!/worker.log', false, 'cel-node-01'],
  // Ray cluster-dump: outer tar with an archive for each node.
  ['cluster_dump.tar.gz', 'ray_worker_10.0.0.7.tar.gz!/logs/raylet.out', true, '10.0.0.7'],
  ['cluster_dump.tar.gz', 'ray_head_head.example.net.tar.gz!/logs/gcs_server.out', true, 'head.example.net'],
  ['head-01.tar.gz', 'local_node.tar.gz!/logs/raylet.out', true, 'head-01'],
  // DC/OS: a generic bundle with a folder or a zip for each node.
  ['bundle-2017-02-01T00:33:48-110930856.zip', '10.0.4.12_agent/dcos-mesos-slave.service', true, '10.0.4.12'],
  ['bundle-2017-02-01-1485909228.zip', '10.0.4.5_master.zip!/dcos-mesos-master.service', true, '10.0.4.5'],
  ['mesos-logs-agent7.tar.gz', 'master-agent7.log', true, 'agent7'],
  // A generic archive falls back to its top folder, then to what it has.
  ['logs.tar.gz', 'node-a/raylet.out', true, 'node-a'],
  ['archive.zip', 'logs/node-b/raylet.out', true, 'node-b'],
  ['dump.tar', 'raylet.out', true, 'dump'],
  ['logs-2026-11-20.tar.gz', 'node-c/raylet.out', true, 'node-c'],
  // Folders and plain files: names that are documented to state a host.
  ['evidence', 'celery/alpha@cel-node-01.log', false, 'cel-node-01'],
  ['evidence', 'celery/beta@cel-node-02.stdout.log', false, 'cel-node-02'],
  ['evidence', 'celery/deployer@cel-node-11.celery-5.5.2.stdout+stderr.log', false, 'cel-node-11'],
  ['evidence', 'w@host.example.com.log.2.gz', false, 'host.example.com'],
  ['alpha@cel-node-01.log', 'alpha@cel-node-01.log', false, 'cel-node-01'],
  ['evidence', 'n1/getty@tty1.service.log', false, 'n1'],
  [
    'evidence',
    'mesos-agent.agent1.example.net.root.log.INFO.20261120-185650.30324',
    false,
    'agent1.example.net',
  ],
  ['evidence', 'x/lt-mesos-master.m1.invalid-user.log.WARNING.20261120-185320.28483', false, 'm1'],
  ['evidence', '10.0.4.12_agent/stdout', false, '10.0.4.12'],
  // Else the top folder, else the folder or file itself.
  ['collected', 'agent1/capture/mesos-agent.stderr', false, 'agent1'],
  ['collected', 'logs/master1/mesos-master.INFO', false, 'master1'],
  ['node-9', 'raylet.out', false, 'node-9'],
  ['node-9', 'logs/raylet.out', false, 'node-9'],
  ['registry.log', 'registry.log', false, 'registry'],
  ['registry.log.gz', 'registry.log', false, 'registry'],
])('%s holding %s (archive: %s) is node %s', (bundle, member, archive, node) => {
  expect(nodeOf(bundle, member, archive)).toBe(node);
});
