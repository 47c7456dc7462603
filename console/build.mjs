/**
 * Bundles the page into dist/: one script, one style sheet, and the HTML that loads them. Runs when the workspace is installed
 * (`prepare`), on the Node of the user, so it is JavaScript. A name contains a hash of its file's content, so browsers may keep the
 * file permanently.
 */
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('.', import.meta.url))
const out = join(root, 'dist')

await rm(out, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: ['src/page/main.tsx'],
  outdir: 'dist/assets',
  entryNames: 'console-[hash]',
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  tsconfigRaw: {}, // the image has no tsconfig.json of the workspace
  legalComments: 'none',
  metafile: true,
  logLevel: 'warning',
})

const nameOf = (extension) => basename(Object.keys(metafile.outputs).find((path) => path.endsWith(extension)))

/** The page has no inline script or style, because its policy allows none. */
const html = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Quadrille console</title>
<link rel="icon" href="/assets/favicon.svg" type="image/svg+xml">
<link rel="stylesheet" href="/assets/${nameOf('.css')}">
<script type="module" src="/assets/${nameOf('.js')}"></script>
</head>
<body>
<noscript>The console needs JavaScript.</noscript>
</body>
</html>
`

/** Four couples in a square. */
const favicon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#4f46e5"/><g fill="#fff"><circle cx="10.5" cy="10.5" r="3.6"/><circle cx="21.5" cy="10.5" r="3.6" opacity=".65"/><circle cx="10.5" cy="21.5" r="3.6" opacity=".65"/><circle cx="21.5" cy="21.5" r="3.6"/></g></svg>
`

await mkdir(join(out, 'assets'), { recursive: true })
await writeFile(join(out, 'assets', 'favicon.svg'), favicon)
await writeFile(join(out, 'index.html'), html)
