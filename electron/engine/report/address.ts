// Where an address belongs: on this machine, in a private network, or in the world.

export type AddressRange = 'loopback' | 'private' | 'documentation' | 'public' | 'not an address';

/** RFC 1918, 6598, 3927, 4193, 4291, 5737, 3849; anything unclear counts as public so that it is not lost. */
export function addressRange(value: string): AddressRange {
  const address = value.toLowerCase().replace(/^\[|\](:\d+)?$/g, '');
  const four = /^(?:::ffff:)?(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(address);
  if (four) return range4(four.slice(1).map(Number) as [number, number, number, number]);
  if (!/^[0-9a-f:]+(%\S+)?$/.test(address) || !address.includes(':')) return 'not an address';
  if (address === '::1' || address === '::') return 'loopback';
  if (/^f[cd]/.test(address) || /^fe[89ab]/.test(address)) return 'private';
  if (address.startsWith('2001:db8:')) return 'documentation';
  return 'public';
}

function range4([a, b, c, d]: [number, number, number, number]): AddressRange {
  if ([a, b, c, d].some((part) => part > 255)) return 'not an address';
  if (a === 127 || a === 0) return 'loopback';
  const shared = a === 100 && b >= 64 && b < 128;
  if (
    a === 10 ||
    (a === 172 && b >= 16 && b < 32) ||
    (a === 192 && b === 168) ||
    (a === 169 && b === 254) ||
    shared
  )
    return 'private';
  if (
    (a === 192 && b === 0 && c === 2) ||
    (a === 198 && b === 51 && c === 100) ||
    (a === 203 && b === 0 && c === 113)
  )
    return 'documentation';
  return 'public';
}
