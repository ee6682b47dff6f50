// Addresses and networks of both versions as big integers.
import { Refused } from './refused.ts';

interface Address {
  version: 4 | 6;
  value: bigint;
}

function readV4(text: string): bigint | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0n;
  for (const part of parts) {
    if (!/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255) return null;
    value = value * 256n + BigInt(part);
  }
  return value;
}

function readGroups(text: string): bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  const parts = text.split(':');
  for (const [i, part] of parts.entries()) {
    if (part.includes('.') && i === parts.length - 1) {
      const v4 = readV4(part);
      if (v4 === null) return null;
      groups.push(v4 >> 16n, v4 & 0xffffn);
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(BigInt(`0x${part}`));
    else return null;
  }
  return groups;
}

/** An address as RFC 4291 writes it; an IPv4 address within IPv6 (`::ffff:10.0.0.1`) is the IPv4 address. */
export function readAddress(text: string): Address | null {
  const v4 = readV4(text);
  if (v4 !== null) return { version: 4, value: v4 };
  const halves = text.split('::');
  if (halves.length > 2) return null;
  const [left, right] = halves.map(readGroups);
  if (!left || (halves.length === 2 && !right)) return null;
  const missing = 8 - left.length - (right?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null;
  const groups = [...left, ...Array<bigint>(halves.length === 2 ? missing : 0).fill(0n), ...(right ?? [])];
  const value = groups.reduce((sum, group) => sum * 65536n + group, 0n);
  return value >> 32n === 0xffffn ? { version: 4, value: value & 0xffffffffn } : { version: 6, value };
}

export interface Network extends Address {
  /** Bits that are free. */
  host: bigint;
}

export function readNetwork(text: string): Network {
  const [address = '', length, more] = text.split('/');
  const read = readAddress(address);
  if (!read || more !== undefined) throw new Refused(`'${text}' is no network`);
  const mapped = read.version === 4 && address.includes(':');
  const width = mapped ? 128 : read.version === 4 ? 32 : 128;
  const prefix = length === undefined ? width : /^\d{1,3}$/.test(length) ? Number(length) : -1;
  if (prefix < 0 || prefix > width) throw new Refused(`'${text}' has no valid prefix length`);
  if (mapped && prefix < 96) throw new Refused(`'${text}' is wider than the mapped addresses`);
  const host = BigInt(width - prefix);
  if (read.value & ((1n << host) - 1n)) throw new Refused(`'${text}' has host bits`);
  return { ...read, host };
}

export function inNetwork(text: string, network: Network): boolean {
  const address = readAddress(text);
  return (
    address !== null &&
    address.version === network.version &&
    address.value >> network.host === network.value >> network.host
  );
}
