// A browser for the tests, and a server of static files with a Content-Security-Policy.
import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join, normalize } from 'node:path'
import { chromium } from 'playwright-core'

const TYPES = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.jsonl': 'application/jsonl',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })

/** Serves `folders`, an object of paths and what is under them; resolves to the address and `close`. */
export async function serve(folders, headers = {}) {
  const server = createServer(async (request, response) => {
    // Browsers ask for it where a page names none.
    if (request.url === '/favicon.ico') return response.writeHead(204).end()
    const path = normalize(decodeURIComponent(new URL(request.url, 'http://localhost').pathname))
    const mount = Object.keys(folders).find((prefix) => path.startsWith(prefix))
    let file = mount && join(folders[mount], path.slice(mount.length))
    const found = async () => file && (await stat(file).catch(() => undefined))
    if ((await found())?.isDirectory()) file = join(file, 'index.html')
    if (!(await found())) return response.writeHead(404).end()
    response.writeHead(200, { 'content-type': TYPES[extname(file)] ?? 'text/plain', ...headers })
    createReadStream(file).pipe(response)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address()
  return {
    address: `http://localhost:${port}`,
    close: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(resolve))
    },
  }
}

/** A page whose errors, on the console too, fail the test at `check`. */
export async function watched(browser, options) {
  const page = await browser.newPage(options)
  const errors = []
  page.on('pageerror', (error) => errors.push(String(error)))
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()))
  return { page, errors }
}
