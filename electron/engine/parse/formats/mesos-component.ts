// Which part of Mesos a line is of: by the path, else by the source file.
import type { Member } from '../kind.ts';

const BY_SOURCE: Record<string, string> = {
  'master.cpp': 'master',
  'master.hpp': 'master',
  'quota_handler.cpp': 'master',
  'weights_handler.cpp': 'master',
  'hierarchical.cpp': 'master',
  'registrar.cpp': 'master',
  'replica.cpp': 'master',
  'coordinator.cpp': 'master',
  'recover.cpp': 'master',
  'contender.cpp': 'master',
  'slave.cpp': 'agent',
  'containerizer.cpp': 'agent',
  'linux_launcher.cpp': 'agent',
  'status_update_manager.cpp': 'agent',
  'task_status_update_manager.cpp': 'agent',
  'status_update_manager_process.hpp': 'agent',
  'gc.cpp': 'agent',
  'docker.cpp': 'agent',
  'provisioner.cpp': 'agent',
  'registry_puller.cpp': 'agent',
  'memory.cpp': 'agent',
  'mem.cpp': 'agent',
  'exec.cpp': 'executor',
  'executor.cpp': 'executor',
  'fetcher.cpp': 'fetcher',
  'sched.cpp': 'framework',
  'scheduler.cpp': 'framework',
};

export function component(member: Member, source: string): string {
  const hint = member.hint.component;
  if (hint !== '' && hint !== 'sandbox') return hint;
  const file = source.slice(0, source.indexOf(':'));
  return BY_SOURCE[file] ?? (hint || 'mesos');
}
