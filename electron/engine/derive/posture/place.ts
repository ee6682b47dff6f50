// Lenses and addresses that several checks speak of.
import type { LensTerm } from '../../../../shared/api.ts';
import type { LensField } from '../../../../shared/model.ts';

/** The lens of one node, component, act, ...; null values are left out. */
export function lens(values: Partial<Record<LensField, string | readonly string[] | null>>): LensTerm[] {
  return Object.entries(values).flatMap(([field, value]) =>
    value === null || value === undefined
      ? []
      : [{ field: field as LensField, values: typeof value === 'string' ? [value] : [...value], not: false }],
  );
}

/** `127.0.0.1:5000`, `[::1]:5000`, `localhost:5000`, `unix:/...`: nobody but the node itself gets there. */
export function isLoopback(address: string): boolean {
  const host = hostOf(address).toLowerCase();
  return (
    host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host) || address.startsWith('/')
  );
}

/** Host of `host:port`, `[host]:port` or `host`; '' for `:port`, which is every address. */
export function hostOf(address: string): string {
  const bracket = /^\[([^\]]{0,100})\]/.exec(address);
  if (bracket) return bracket[1]!;
  const colon = address.lastIndexOf(':');
  return colon === -1 || address.indexOf(':') !== colon ? address : address.slice(0, colon);
}

export interface BrokerUrl {
  scheme: string;
  host: string;
  user: string;
  /** A password stands in it, be it masked (`**`). */
  password: boolean;
}

/** `redis://:**@10.0.0.1:6379/0`, `amqp://guest:**@host//`, `sentinel://...;...`: the first address of it. */
export function brokerUrl(text: string): BrokerUrl | null {
  const match = /^([a-z][a-z0-9+.-]{1,40}):\/\/(?:([^@/\s]{0,300})@)?([^/?;,\s]{0,300})/i.exec(text);
  if (!match) return null;
  const user = match[2] ?? '';
  const colon = user.indexOf(':');
  return {
    scheme: match[1]!.toLowerCase(),
    host: hostOf(match[3] ?? ''),
    user: colon === -1 ? user : user.slice(0, colon),
    password: colon !== -1 && colon < user.length - 1,
  };
}

/** An address without the user and password that may stand in it. */
export const withoutUser = (url: string): string => url.replace(/:\/\/[^@/\s]{0,500}@/, '://…@');
