// Accessibility, by axe-core.
import { createRequire } from 'node:module'

const source = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

/** What axe-core finds wrong with a page, in one line each. */
export async function faults(page) {
  await page.addScriptTag({ path: source })
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  return violations.flatMap(({ id, help, nodes }) => nodes.map((node) => `${id}: ${help}: ${node.html}`))
}
