// Monaco with only what the editors of SQL and of rules need; loaded when one of them is first opened.
import * as monaco from 'monaco-editor/editor';
import 'monaco-editor/features/bracketMatching/register';
import 'monaco-editor/features/caretOperations/register';
import 'monaco-editor/features/clipboard/register';
import 'monaco-editor/features/codicon/register';
import 'monaco-editor/features/comment/register';
import 'monaco-editor/features/contextmenu/register';
import 'monaco-editor/features/cursorUndo/register';
import 'monaco-editor/features/find/register';
import 'monaco-editor/features/hover/register';
import 'monaco-editor/features/indentation/register';
import 'monaco-editor/features/linesOperations/register';
import 'monaco-editor/features/multicursor/register';
import 'monaco-editor/features/quickCommand/register';
import 'monaco-editor/features/snippet/register';
import 'monaco-editor/features/suggest/register';
// The feature above brings only the inline form; the list comes with its controller.
import 'monaco-editor/editor/contrib/suggest/browser/suggestController';
import 'monaco-editor/features/toggleTabFocusMode/register';
import 'monaco-editor/features/unicodeHighlighter/register';
import 'monaco-editor/features/wordHighlighter/register';
import 'monaco-editor/features/wordOperations/register';
import 'monaco-editor/languages/definitions/sql/register';
import 'monaco-editor/languages/definitions/yaml/register';
import EditorWorker from 'monaco-editor/editor/editor.worker?worker';

self.MonacoEnvironment = { getWorker: () => new EditorWorker() };

monaco.editor.defineTheme('tidemark-dark', {
  base: 'vs-dark',
  inherit: true,
  rules: [
    { token: 'keyword', foreground: '93a8ff' },
    { token: 'string.sql', foreground: '2fbf94' },
    { token: 'operator.sql', foreground: 'b0bac4' },
    { token: 'number', foreground: 'e8a825' },
    { token: 'comment', foreground: '8a95a1' },
    { token: 'predefined.sql', foreground: '62bdf0' },
    { token: 'type.yaml', foreground: '93a8ff' },
    { token: 'string.yaml', foreground: 'e4e8ec' },
  ],
  colors: {
    'editor.background': '#0f1216',
    'editor.foreground': '#e4e8ec',
    'editorLineNumber.foreground': '#6b7682',
    'editor.lineHighlightBackground': '#15191e',
    'editorWidget.background': '#15191e',
    'editorWidget.border': '#47515c',
    'editorSuggestWidget.selectedBackground': '#232c48',
  },
});
monaco.editor.defineTheme('tidemark-light', {
  base: 'vs',
  inherit: true,
  rules: [
    { token: 'keyword', foreground: '3a4fb8' },
    { token: 'string.sql', foreground: '00734f' },
    { token: 'operator.sql', foreground: '404a55' },
    { token: 'number', foreground: '865c00' },
    { token: 'comment', foreground: '5b6671' },
    { token: 'predefined.sql', foreground: '00669e' },
    { token: 'type.yaml', foreground: '3a4fb8' },
    { token: 'string.yaml', foreground: '171b20' },
  ],
  colors: {
    'editor.background': '#ffffff',
    'editor.foreground': '#171b20',
    'editorLineNumber.foreground': '#6b7682',
    'editor.lineHighlightBackground': '#f3f5f7',
    'editorSuggestWidget.selectedBackground': '#dfe5fb',
    'editorSuggestWidget.selectedForeground': '#171b20',
    'editorSuggestWidget.highlightForeground': '#3a4fb8',
  },
});

export { monaco };
