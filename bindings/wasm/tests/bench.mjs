// The figures of the package: sizes, and times in Chromium on the answers of the conformance suite. The
// last line is one JSON object.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { launch, serve, watched } from './chromium.mjs'
import { suite } from './conformance.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
const file = (name) => readFile(join(here, 'pkg', name))
const gzip = (bytes) => gzipSync(bytes, { level: 9 }).length
const middle = (values, part) => values.sort((a, b) => a - b)[Math.floor((values.length - 1) * part)]

/** Runs in the page: loads the package, and times it. */
async function inPage(lines) {
  const { grade, init } = await import('/pkg/index.js')
  const start = performance.now()
  await init()
  const loaded = performance.now()
  grade('2\\sqrt{2}', '\\sqrt{8}')
  const first = performance.now()
  const REPEATS = 40
  const rounds = (times) => {
    for (const { reference, answer, policy } of lines) {
      const options = policy && { policy }
      const from = performance.now()
      for (let i = 0; i < REPEATS; i++) grade(reference, answer, options)
      times.push(((performance.now() - from) * 1000) / REPEATS)
    }
    return times
  }
  // Chromium compiles what runs often a second time, in the background.
  rounds([])
  return { init: loaded - start, first: first - loaded, times: rounds([]) }
}

const wasm = await file('resit.wasm')
const glue = await Promise.all(['glue.js', 'core.js', 'index.js'].map(file))
const { grading } = await suite()
const lines = grading.filter((line) => 'answer' in line)

const browser = await launch()
// Isolated pages have a clock of 5 µs.
const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cache-control': 'no-store',
}
const server = await serve({ '/pkg/': join(here, 'pkg'), '/': join(here, 'tests') }, isolated)
const LOADS = 5
const loads = []
for (let load = 0; load < LOADS; load++) {
  const { page, errors } = await watched(browser)
  await page.goto(`${server.address}/empty.html`)
  loads.push(await page.evaluate(inPage, load === 0 ? lines : []))
  await page.close()
  if (errors.length) throw new Error(errors.join('\n'))
}
const version = browser.version()
await browser.close()
await server.close()

const figures = {
  wasm_gzip_bytes: gzip(wasm),
  wasm_brotli_bytes: brotliCompressSync(wasm).length,
  glue_gzip_bytes: glue.map(gzip).reduce((a, b) => a + b),
  init_ms: middle(loads.map((load) => load.init), 0.5),
  first_grade_ms: middle(loads.map((load) => load.first), 0.5),
  median_us: middle(loads[0].times, 0.5),
  p99_us: middle(loads[0].times, 0.99),
}
for (const [name, value] of Object.entries(figures)) figures[name] = Math.round(value * 100) / 100
console.log(`Chromium ${version}, ${lines.length} answers, ${LOADS} loads`)
console.log(JSON.stringify(figures))
