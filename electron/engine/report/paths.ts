// Paths of this machine have no place in a report: two copies of a case in two folders must read the same.

/** The last part of a path of this machine; names without a folder stay as they are. */
export function nameOnly(path: string): string {
  if (!/^(?:[/\\]|[A-Za-z]:[/\\])/.test(path)) return path;
  return path.split(/[/\\]/).filter(Boolean).at(-1) ?? path;
}

/** A rule file as `rules/ray/x.yml`: from the last folder called `rules` on, else its name. */
export function ruleFile(path: string | null): string | null {
  if (!path) return null;
  const parts = path.split(/[/\\]/);
  const at = parts.lastIndexOf('rules');
  return at >= 0 ? parts.slice(at).join('/') : nameOnly(path);
}

/** A reason without the folder the bundle lay in. */
export function withoutFolder(text: string | null, bundlePath: string | null): string | null {
  if (!text || !bundlePath) return text;
  const folder = bundlePath.replace(/[^/\\]*[/\\]?$/, '');
  return folder.length > 1 ? text.replaceAll(folder, '') : text;
}
