import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Names that never change, for the pages that the server writes itself.
const PLAIN = ['plain.css', 'docs.css'];

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
      input: ['/index.html', ...PLAIN.map((name) => `/src/styles/${name}`)],
      output: {
        assetFileNames: ({ names }) =>
          PLAIN.find((name) => names.includes(name)) ?? 'assets/[name]-[hash][extname]',
      },
    },
  },
});
