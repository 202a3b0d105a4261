import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A name that never changes, for the pages that the server writes itself.
const PLAIN = 'plain.css';

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    // The content security policy allows neither inline scripts nor data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      // A leading slash means Vite's root, this folder.
      input: ['/index.html', `/src/styles/${PLAIN}`],
      output: {
        assetFileNames: ({ names }) => (names.includes(PLAIN) ? PLAIN : 'assets/[name]-[hash][extname]'),
      },
    },
  },
});
