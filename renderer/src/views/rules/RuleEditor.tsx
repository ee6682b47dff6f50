// The editor of a rule: Monaco with YAML, marks where the text is refused; loaded when first needed.
import { useEffect, useRef } from 'react';
import type { RuleProblem } from '../../../../shared/api.ts';
import { monaco } from '../../parts/monaco.ts';
import { useRuleEditor } from '../../store/rule-editor.ts';
import { useTheme } from '../../store/theme.ts';

const { MarkerSeverity } = monaco;

function marker(problem: RuleProblem, model: monaco.editor.ITextModel, severity: monaco.MarkerSeverity) {
  const line = Math.min(Math.max(1, problem.line ?? 1), model.getLineCount());
  const first = model.getLineFirstNonWhitespaceColumn(line) || 1;
  const last = model.getLineMaxColumn(line);
  const column = Math.min(Math.max(problem.column ?? first, 1), last);
  const word = model.getWordAtPosition({ lineNumber: line, column });
  return {
    severity,
    message: problem.message,
    startLineNumber: line,
    endLineNumber: line,
    startColumn: problem.column === null ? first : (word?.startColumn ?? column),
    endColumn: problem.column === null ? last : Math.max(column + 1, word?.endColumn ?? last),
  };
}

export default function RuleEditor({ onReady }: { onReady(showLine: (line: number) => void): void }) {
  const box = useRef<HTMLDivElement>(null);
  const editor = useRef<monaco.editor.IStandaloneCodeEditor | null>(null);
  const theme = useTheme((s) => s.theme);
  const text = useRuleEditor((s) => s.draft?.text ?? '');
  const checked = useRuleEditor((s) => s.checked);
  // biome-ignore lint/correctness/useExhaustiveDependencies: made once; text, theme and marks follow by their own effects
  useEffect(() => {
    if (!box.current) return;
    const made = monaco.editor.create(box.current, {
      value: useRuleEditor.getState().draft?.text ?? '',
      language: 'yaml',
      theme: `tidemark-${useTheme.getState().theme}`,
      automaticLayout: true,
      minimap: { enabled: false },
      fontSize: 13,
      lineNumbersMinChars: 3,
      scrollBeyondLastLine: false,
      wordWrap: 'on',
      wrappingIndent: 'indent',
      tabSize: 2,
      insertSpaces: true,
      detectIndentation: false,
      padding: { top: 8, bottom: 8 },
      fixedOverflowWidgets: true,
      ariaLabel:
        'Rule in YAML. Control and Enter runs it on the case, Control and S saves it. Control and M lets Tab leave the editor.',
      renderLineHighlight: 'line',
      renderWhitespace: 'boundary',
      quickSuggestions: false,
      wordBasedSuggestions: 'off',
      links: false,
    });
    editor.current = made;
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.Enter, () => useRuleEditor.getState().run());
    made.addCommand(monaco.KeyMod.CtrlCmd | monaco.KeyCode.KeyS, () => void useRuleEditor.getState().save());
    const listening = made.onDidChangeModelContent(() => useRuleEditor.getState().edit(made.getValue()));
    onReady((line) => {
      made.revealLineInCenterIfOutsideViewport(line);
      made.setPosition({
        lineNumber: line,
        column: made.getModel()?.getLineFirstNonWhitespaceColumn(line) || 1,
      });
      made.focus();
    });
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
  useEffect(() => {
    const model = editor.current?.getModel();
    if (!model) return;
    monaco.editor.setModelMarkers(model, 'rule', [
      ...(checked?.problems ?? []).map((p) => marker(p, model, MarkerSeverity.Error)),
      ...(checked?.warnings ?? []).map((p) => marker(p, model, MarkerSeverity.Warning)),
    ]);
  }, [checked]);
  return <div ref={box} className="rule-editor" data-testid="rule-editor" />;
}
