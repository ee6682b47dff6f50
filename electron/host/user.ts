// Who is at work, as the shell's process sees it.
import { hostname, userInfo } from 'node:os';

export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'unknown';
  }
}

/** `user@host`, for the custody log. */
export const whoIsAtWork = (): string => `${userName()}@${hostname()}`;
