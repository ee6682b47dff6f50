// Mounts the application.
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import './theme.css';
import './parts/parts.css';
import { App } from './shell/App.tsx';
import { useCase } from './store/case.ts';
import './store/theme.ts';

void useCase.getState().start();

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
