import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { defineConfig, type Plugin } from 'vitest/config';

// `npm run dev` shows the pages against a running server: KYHOP=http://localhost:8080
const server = process.env.KYHOP ?? 'http://localhost:8080';

// The server hands out NAME.gz to browsers that take it; it compresses nothing itself.
const compress = (): Plugin => ({
  name: 'compress',
  apply: 'build',
  enforce: 'post',
  writeBundle(options, bundle) {
    for (const name of Object.keys(bundle)) {
      if (!/\.(html|js|css|svg)$/.test(name)) continue;
      const path = join(options.dir ?? 'dist', name);
      writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }));
    }
  },
});

export default defineConfig({
  esbuild: { jsx: 'automatic', jsxImportSource: 'preact' },
  plugins: [compress()],
  build: {
    target: 'es2021',
    // Nothing as data: URI, so that font-src can stay 'self'.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    proxy: {
      '/api': { target: server, ws: true },
      '/login': server,
      '/logout': server,
      '/box': server,
      '/documents': server,
      '/minutes': server,
      '/recordings': server,
    },
  },
  test: { include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
});
