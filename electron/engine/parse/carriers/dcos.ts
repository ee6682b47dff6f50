// How DC/OS prints the journal: `2017-06-23 20:41:36: text`, `2019-12-02 05:53:10.895189 -0500 EST text`,
// `Thu Dec 15 00:46:18 2016 host prog [pid] text`, `prog[pid]: text`.
import {
  clockAt,
  cursor,
  dateTimeAt,
  MINUTE_US,
  microsOf,
  monthAt,
  SECOND_US,
  two,
  zoneAt,
} from '../time.ts';
import type { Carrier } from './carrier.ts';
import { carry, outer } from './carrier.ts';

const CTIME =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d:\d\d:\d\d) (\d{4}) (\S+) ([\w./-]+) ?\[(\d+)\]:? /;
const BARE = /^([A-Za-z][\w.-]{1,40})\[(\d{1,10})\]: /;

const GO_ZONE = /^ [+-]\d{4} (?:[A-Z]{3,5}|[+-]\d{2,4})(?: |$)/;

/** A time as Go prints it by itself, zone and its name behind. */
function goTime(line: string): boolean {
  if (line.charCodeAt(10) !== 32) return false;
  const wall = dateTimeAt(line, 0);
  if (Number.isNaN(wall)) return false;
  const at = cursor.end;
  const m = GO_ZONE.exec(line.slice(at, at + 14));
  const zone = m ? zoneAt(line, at) : Number.NaN;
  if (!m || Number.isNaN(zone)) return false;
  carry(line.slice(at + m[0].length));
  outer.time = wall - zone * MINUTE_US;
  outer.zoned = true;
  outer.year = two(line, 0) * 100 + two(line, 2);
  return true;
}

export const dcos: Carrier = {
  id: 'dcos',
  share: 0.1,
  open(line) {
    const c = line.charCodeAt(0);
    if (c >= 48 && c <= 57) {
      if (line.charCodeAt(19) === 46) return goTime(line);
      if (line.charCodeAt(19) !== 58 || line.charCodeAt(20) !== 32 || line.charCodeAt(10) !== 32)
        return false;
      const ts = dateTimeAt(line, 0);
      if (Number.isNaN(ts) || cursor.end !== 19) return false;
      carry(line.slice(21));
      outer.time = ts;
      outer.year = two(line, 0) * 100 + two(line, 2);
      return true;
    }
    if (!((c >= 65 && c <= 90) || (c >= 97 && c <= 122))) return false;
    const head = line.length > 200 ? line.slice(0, 200) : line;
    const ctime = CTIME.exec(head);
    if (ctime) {
      carry(line.slice(ctime[0].length));
      outer.year = Number(ctime[4]);
      const clock = clockAt(ctime[3] as string, 0);
      outer.time =
        microsOf(outer.year, monthAt(ctime[1] as string, 0), Number(ctime[2]), 0, 0, 0, 0) +
        clock * SECOND_US;
      outer.host = ctime[5] as string;
      outer.program = ctime[6] as string;
      outer.pid = ctime[7] as string;
      return true;
    }
    const bare = BARE.exec(head);
    if (!bare) return false;
    carry(line.slice(bare[0].length));
    outer.program = bare[1] as string;
    outer.pid = bare[2] as string;
    return true;
  },
  samples: [
    {
      path: 'dcos-marathon.service',
      text: "2019-12-02 05:53:10.895189 -0500 EST [2019-12-02 05:53:10,885] INFO  Received offer (mesosphere.marathon.MarathonScheduler:Thread-1)\n2019-12-02 05:53:11.895189 -0500 EST I1202 05:53:11.147804  1363 detector.cpp:156] Detected a new leader: (id='1')",
      gives: [
        { system: 'marathon', time: '2019-12-02T05:53:10.885000Z', level: 'info' },
        { system: 'mesos', time: '2019-12-02T05:53:11.147804Z', action: 'leader_change' },
      ],
    },
    {
      path: 'dcos-mesos-slave.service',
      text: "2018-04-09 19:04:22: I0410 02:38:22.711650  3709 http.cpp:1185] HTTP GET for /slave(1)/state from 10.0.3.81:56595 with User-Agent='navstar@10.0.3.81 (pid 3168)'\nThu Dec 15 00:46:18 2016 ip-10-0-1-175 mesos-agent [3284] I1215 00:46:18.794333  3315 http.cpp:288] HTTP GET for /x\nmesos-slave[1080]: I1215 00:46:19.794333  3315 http.cpp:288] HTTP GET for /y",
      gives: [
        { time: '2018-04-10T02:38:22.711650Z', srcIp: '10.0.3.81' },
        { time: '2016-12-15T00:46:18.794333Z', fields: { 'carrier.host': 'ip-10-0-1-175' } },
        { time: '2016-12-15T00:46:19.794333Z', fields: { 'carrier.program': 'mesos-slave' } },
      ],
    },
  ],
};
