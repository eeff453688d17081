// Without the module: who imports this says where it comes from.
import { load } from './core.js'

export { Episode, Grader, grade, gradeResponse, initSync, readAs } from './core.js'

export const init = (source) => {
  if (source === undefined) return Promise.reject(new TypeError('resit: init() of resit/slim needs the module'))
  return load(source)
}
