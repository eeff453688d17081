// For browsers and bundlers: the module lies beside this file.
import { load } from './core.js'

export { Episode, Grader, grade, gradeResponse, initSync, readAs } from './core.js'

export const init = (source = new URL('./resit.wasm', import.meta.url)) => load(source)
