// Accessibility, by axe-core.
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe-core finds wrong with a page, in one line each. */
export async function faults(page) {
  // Not as a tag, which the page's Content-Security-Policy keeps out.
  await page.evaluate(await readFile(source, 'utf8'))
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`))
}
