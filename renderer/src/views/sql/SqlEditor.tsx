// The editor itself: Monaco bound to the store; Ctrl+Enter runs the statement under the cursor.
import { useEffect, useRef } from 'react';
import { monaco } from '../../parts/monaco.ts';
import { useSql } from '../../store/sql.ts';
import { useTheme } from '../../store/theme.ts';
import { type Offer, offers } from './completion.ts';
import { statementAt } from './statements.ts';

const { CompletionItemKind, CompletionItemInsertTextRule } = monaco.languages;
const KIND: Record<Offer['kind'], monaco.languages.CompletionItemKind> = {
  view: CompletionItemKind.Struct,
  column: CompletionItemKind.Field,
  function: CompletionItemKind.Function,
  keyword: CompletionItemKind.Keyword,
};

monaco.languages.registerCompletionItemProvider('sql', {
  triggerCharacters: ['.'],
  provideCompletionItems(model, position) {
    const { catalog } = useSql.getState();
    if (!catalog) return { suggestions: [] };
    const cursor = model.getOffsetAt(position);
    const text = model.getValue();
    const statement = statementAt(text, cursor);
    const start = statement && statement.start <= cursor ? statement.start : 0;
    const word = model.getWordUntilPosition(position);
    const range = new monaco.Range(
      position.lineNumber,
      word.startColumn,
      position.lineNumber,
      word.endColumn,
    );
    return {
      suggestions: offers(catalog, text.slice(start, cursor), statement?.text ?? text).map((o) => ({
        label: o.label,
        kind: KIND[o.kind],
        detail: o.detail,
        documentation: o.documentation,
        insertText: o.insert,
        insertTextRules:
          o.kind === 'function'
            ? CompletionItemInsertTextRule.InsertAsSnippet
            : CompletionItemInsertTextRule.None,
        sortText: `${o.rank}${o.label}`,
        range,
      })),
    };
  },
});

export default function SqlEditor({
  onReady,
}: {
  onReady(runHere: () => void, insert: (text: string) => void): void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const theme = useTheme((s) => s.theme);
  const text = useSql((s) => s.text);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; text and theme follow by their own effects
  useEffect(() => {
    if (!box.current) return;
    const made = monaco.editor.create(box.current, {
      value: useSql.getState().text,
      language: 'sql',
      theme: `tidemark-${useTheme.getState().theme}`,
      automaticLayout: true,
      minimap: { enabled: false },
      fontSize: 13,
      lineNumbersMinChars: 3,
      scrollBeyondLastLine: false,
      wordWrap: 'on',
      tabSize: 2,
      padding: { top: 8, bottom: 8 },
      fixedOverflowWidgets: true,
      ariaLabel:
        'SQL. Control and Enter runs the statement under the cursor. Control and M lets Tab leave the editor.',
      renderLineHighlight: 'line',
      quickSuggestions: { other: true, strings: false, comments: false },
      wordBasedSuggestions: 'off',
    });
    editor.current = made;
    const runHere = () => {
      const model = made.getModel();
      const selection = made.getSelection();
      if (!model) return;
      const chosen = selection && !selection.isEmpty() ? model.getValueInRange(selection).trim() : '';
      const position = made.getPosition();
      const sql = chosen || statementAt(model.getValue(), position ? model.getOffsetAt(position) : 0)?.text;
      if (sql) void useSql.getState().run(sql);
    };
    const insert = (what: string) => {
      made.trigger('schema', 'type', { text: what });
      made.focus();
    };
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, runHere);
    const listening = made.onDidChangeModelContent(() => useSql.getState().edit(made.getValue()));
    onReady(runHere, insert);
    made.focus();
    return () => {
      listening.dispose();
      made.getModel()?.dispose();
      made.dispose();
    };
  }, []);
  useEffect(() => monaco.editor.setTheme(`tidemark-${theme}`), [theme]);
  useEffect(() => {
    if (editor.current && editor.current.getValue() !== text) editor.current.setValue(text);
  }, [text]);
  return <div ref={box} className="sql-editor" data-testid="sql-editor" />;
}
