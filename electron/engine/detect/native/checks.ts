// Checks that Sigma can't express, by the name their YAML metadata gives in `tidemark.native`.

import {
  claimedAddressContradicted,
  claimedAddressesRotate,
  claimedAddressImpossible,
} from './claimed-addresses.ts';
import { clockDrift, clockOffset, clockUnproven } from './clocks.ts';
import { counterRestarted } from './counter-restarted.ts';
import { duplicatedBlock } from './duplicated-block.ts';
import { firstSeen, firstSeenActs } from './first-seen.ts';
import { logGap } from './log-gap.ts';
import type { NativeCheck } from './native-check.ts';
import { personalData } from './personal-data.ts';
import { rareError, rareLine } from './rare-template.ts';
import { rotatedFileMissing, rotationOutOfOrder } from './rotation.ts';
import { passwordInLog, secretInLog } from './secrets.ts';
import { forgedLine, smuggledText } from './smuggled.ts';
import { clockSetBack, recordOutOfTime } from './time-backwards.ts';
import { logCut, logEndsEarly, logHeadMissing } from './truncation.ts';
import { errorSpike, volumeDrop, volumeSpike } from './volume.ts';

export type { NativeCheck } from './native-check.ts';

export const NATIVE_CHECKS: ReadonlyMap<string, NativeCheck> = new Map([
  ['claimed-address-contradicted', claimedAddressContradicted],
  ['claimed-address-impossible', claimedAddressImpossible],
  ['claimed-addresses-rotate', claimedAddressesRotate],
  ['clock-drift', clockDrift],
  ['clock-offset', clockOffset],
  ['clock-set-back', clockSetBack],
  ['clock-unproven', clockUnproven],
  ['counter-restarted', counterRestarted],
  ['duplicated-block', duplicatedBlock],
  ['error-spike', errorSpike],
  ['first-seen', firstSeen],
  ['first-seen-acts', firstSeenActs],
  ['forged-line', forgedLine],
  ['log-cut', logCut],
  ['log-ends-early', logEndsEarly],
  ['log-gap', logGap],
  ['log-head-missing', logHeadMissing],
  ['password-in-log', passwordInLog],
  ['personal-data', personalData],
  ['rare-error', rareError],
  ['rare-line', rareLine],
  ['record-out-of-time', recordOutOfTime],
  ['rotated-file-missing', rotatedFileMissing],
  ['rotation-out-of-order', rotationOutOfOrder],
  ['secret-in-log', secretInLog],
  ['smuggled-text', smuggledText],
  ['volume-drop', volumeDrop],
  ['volume-spike', volumeSpike],
]);
