// For Node: the module is read from the file beside this one.
import { load } from './core.js'

export { Episode, Grader, grade, gradeResponse, initSync, readAs } from './core.js'

const file = async () => {
  const { readFile } = await import('node:fs/promises')
  return readFile(new URL('./resit.wasm', import.meta.url))
}

export const init = (source = file) => load(source)
