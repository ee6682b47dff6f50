/// <reference types="vite/client" />

declare module 'monaco-editor/editor/contrib/suggest/browser/suggestController';
