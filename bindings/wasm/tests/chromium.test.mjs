// The package in Chromium: beside a page with a Content-Security-Policy, and bundled by Vite.
import assert from 'node:assert/strict'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'
import { launch, serve, watched } from './chromium.mjs'

const here = fileURLToPath(new URL('..', import.meta.url))
// What the README asks of a page: no script from elsewhere, none inline, and WebAssembly.
const POLICY =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'"
let browser
let folder

before(async () => {
  browser = await launch()
  folder = await mkdtemp(join(tmpdir(), 'resit-'))
})

after(async () => {
  await browser?.close()
  await rm(folder, { recursive: true, force: true })
})

async function page(folders, headers, path, use) {
  const server = await serve(folders, headers)
  const { page, errors } = await watched(browser)
  try {
    await page.goto(server.address + path)
    return await use(page)
  } finally {
    await page.close()
    await server.close()
    assert.deepEqual(errors, [])
  }
}

test('a page under a Content-Security-Policy', async () => {
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>t</title><script type="module" src="page.js"></script>')
  await writeFile(
    join(folder, 'page.js'),
    `import { grade, init } from '/pkg/index.js'
await init()
document.title = String(grade('\\\\frac12', '0.5').correct)`,
  )
  const folders = { '/pkg/': join(here, 'pkg'), '/': folder }
  await page(folders, { 'content-security-policy': POLICY }, '/index.html', (page) =>
    page.waitForFunction(() => document.title === 'true', undefined, { timeout: 20_000 }),
  )
})

test('the whole of the conformance suite', async () => {
  const folders = {
    '/pkg/': join(here, 'pkg'),
    '/tests/': join(here, 'tests'),
    '/conformance/': join(here, '../../tests/conformance'),
  }
  const found = await page(folders, {}, '/tests/empty.html', (page) =>
    page.evaluate(async () => {
      const resit = await import('/pkg/index.js')
      const { conformance } = await import('/tests/conformance.mjs')
      await resit.init()
      const lines = async (name) => {
        const text = await (await fetch(`/conformance/${name}.jsonl`)).text()
        return text.split('\n').filter(Boolean).map((line) => JSON.parse(line))
      }
      return conformance(resit, { grading: await lines('grading'), episodes: await lines('episodes') })
    }),
  )
  assert.deepEqual(found.differences, [])
  assert.ok(found.grading >= 600, `${found.grading} grading cases`)
  assert.ok(found.episodes >= 60, `${found.episodes} episodes`)
})

for (const entry of ['resit', 'resit/inline']) {
  test(`a Vite build of ${entry}`, async () => {
    const project = join(folder, entry.replace('/', '-'))
    await mkdir(join(project, 'node_modules'), { recursive: true })
    await symlink(join(here, 'pkg'), join(project, 'node_modules/resit'))
    await writeFile(join(project, 'package.json'), '{"type":"module","private":true}')
    await writeFile(
      join(project, 'index.html'),
      '<!doctype html><title>t</title><link rel="icon" href="data:,"><script type="module" src="/main.js"></script>',
    )
    await writeFile(
      join(project, 'main.js'),
      `import { grade, init } from '${entry}'
init().then(() => { document.title = String(grade('x^2', 'x\\\\cdot x').correct) })`,
    )
    await build({ root: project, configFile: false, logLevel: 'warn', build: { assetsInlineLimit: 0 } })
    const modules = (await readdir(join(project, 'dist/assets'))).filter((name) => name.endsWith('.wasm'))
    assert.equal(modules.length, entry === 'resit' ? 1 : 0)
    await page({ '/': join(project, 'dist') }, {}, '/', (page) =>
      page.waitForFunction(() => document.title === 'true', undefined, { timeout: 20_000 }),
    )
  })
}
