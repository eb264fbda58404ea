import { defineConfig } from 'vitest/config';

// `npm run dev` shows the pages against a running server: KYHOP=http://localhost:8080
const server = process.env.KYHOP ?? 'http://localhost:8080';

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  build: {
    target: 'es2021',
    // Nothing as data: URI, so that font-src and img-src can stay 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/login': server,
      '/documents': server,
      '/minutes': server,
      '/recordings': server,
    },
  },
  test: { include: ['test/**/*.test.ts'] },
});
