// The bundles chosen so far.
import { Icon } from '../../parts/Icon.tsx';

export function PathList({ paths, onChange }: { paths: string[]; onChange(paths: string[]): void }) {
  if (paths.length === 0) return null;
  return (
    <ul className="path-list" data-testid="chosen-paths">
      {paths.map((path) => (
        <li key={path}>
          <span className="mono cut grow" title={path}>
            {path}
          </span>
          <button
            type="button"
            className="plain"
            aria-label={`Leave out ${path}`}
            onClick={() => onChange(paths.filter((p) => p !== path))}
          >
            <Icon name="close" size={12} />
          </button>
        </li>
      ))}
    </ul>
  );
}
