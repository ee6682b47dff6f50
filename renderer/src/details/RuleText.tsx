// The text of a rule with line numbers; keys and comments set off.

function Line({ text }: { text: string }) {
  const m = /^(\s*(?:- )?)([\w.|@-]+)(:)(\s.*|$)/.exec(text);
  if (/^\s*(#|--)/.test(text)) return <span className="dim">{text}</span>;
  if (!m) return <>{text}</>;
  return (
    <>
      {m[1]}
      <span className="rule-key">{m[2]}</span>
      {m[3]}
      {m[4]}
    </>
  );
}

export function RuleText({ source, marked }: { source: string; marked?: number[] }) {
  return (
    <pre className="rule-text" data-testid="rule-text">
      {source
        .replace(/\n$/, '')
        .split('\n')
        .map((text, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the line number is what a line is called
          <div key={i} className={marked?.includes(i + 1) ? 'marked' : undefined}>
            <span className="raw-number">{i + 1}</span>
            <Line text={text} />
          </div>
        ))}
    </pre>
  );
}
