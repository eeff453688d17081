// Lays out the npm package in pkg/ and the demo page in site/. The argument is the folder with what
// wasm-bindgen and wasm-opt made.
import { createHash } from 'node:crypto'
import { cp, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const here = fileURLToPath(new URL('.', import.meta.url))
const built = process.argv[2]
const pkg = join(here, 'pkg')
const site = join(here, 'site')

const hash = (bytes) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`

async function packageFolder() {
  await rm(pkg, { recursive: true, force: true })
  await mkdir(pkg)
  await cp(join(here, 'js'), pkg, { recursive: true })
  const wasm = await readFile(join(built, 'resit.wasm'))
  await writeFile(join(pkg, 'resit.wasm'), wasm)
  await writeFile(join(pkg, 'module.js'), `export const base64 = '${wasm.toString('base64')}'\n`)
  await minify(join(built, 'glue.js'), join(pkg, 'glue.js'))
  await cp(join(here, 'README.md'), join(pkg, 'README.md'))
  for (const license of ['LICENSE-MIT', 'LICENSE-APACHE']) {
    await cp(join(here, '../..', license), join(pkg, license))
  }
  const integrity = {}
  for (const name of (await readdir(pkg)).sort()) {
    if (/\.(js|wasm)$/.test(name)) integrity[name] = hash(await readFile(join(pkg, name)))
  }
  await writeFile(join(pkg, 'integrity.json'), `${JSON.stringify(integrity, undefined, 2)}\n`)
}

// wasm-bindgen's glue is made for reading by nobody.
async function minify(from, to) {
  await build({
    configFile: false,
    logLevel: 'warn',
    build: {
      lib: { entry: from, formats: ['es'], fileName: () => 'glue.js' },
      outDir: join(built, 'minified'),
      minify: true,
      target: 'es2022',
      copyPublicDir: false,
    },
  })
  await cp(join(built, 'minified/glue.js'), to)
}

async function siteFolder() {
  await rm(site, { recursive: true, force: true })
  await cp(join(here, 'demo'), site, { recursive: true })
  await cp(pkg, join(site, 'resit'), { recursive: true })
  const mathlive = join(here, 'node_modules/mathlive')
  for (const part of ['mathlive.min.mjs', 'fonts', 'LICENSE.txt']) {
    await cp(join(mathlive, part), join(site, 'mathlive', part), { recursive: true })
  }
  // What the service worker keeps, under a name that changes with it.
  const files = (await readdir(site, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && !/\.(d\.ts|md|txt|json)$|^sw\.js$|inline|module\.js|LICENSE/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
  const digest = createHash('sha256')
  for (const file of files) digest.update(await readFile(file))
  const list = ['./', ...files.map((file) => `./${file.slice(site.length + 1)}`)]
  const worker = await readFile(join(site, 'sw.js'), 'utf8')
  await writeFile(
    join(site, 'sw.js'),
    worker
      .replace("'VERSION'", `'${digest.digest('hex').slice(0, 16)}'`)
      .replace("['FILES']", JSON.stringify(list)),
  )
}

await packageFolder()
await siteFolder()
