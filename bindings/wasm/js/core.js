// Shared by all entries, so that one `init` is enough.
import * as wasm from './glue.js'

let loading
let ready = false

/** Loads the module from `source` once; after a failure it may be tried again. */
export function load(source) {
  loading ??= (async () => {
    try {
      const given = typeof source === 'function' ? await source() : await source
      await wasm.default({ module_or_path: given })
      // Engines compile what is first called.
      wasm.grade('x+\\frac{1}{2}', '0.5+x', false, '', [])
      ready = true
    } catch (error) {
      loading = undefined
      throw error
    }
  })()
  return loading
}

/** Loads the module from bytes or a compiled module, without a promise. */
export function initSync(source) {
  if (ready) return
  wasm.initSync({ module: source })
  ready = true
  loading = Promise.resolve()
}

function loaded() {
  if (!ready) throw new Error('resit: call init() and await it first')
  return wasm
}

// Takes a value apart for `Value::new` of `src/given.rs`: its texts, one a line, and numbers.
function taken(value) {
  const texts = []
  const numbers = []
  const say = (text) => numbers.push(texts.push(text) && text.length)
  const take = (value) => {
    if (typeof value === 'string') numbers.push(4) && say(value)
    else if (typeof value === 'number') numbers.push(3, value)
    else if (typeof value !== 'object') numbers.push([false, true].indexOf(value) + 1)
    else if (value === null) numbers.push(0)
    else if ((Array.isArray(value) || ArrayBuffer.isView(value)) && value.every((n) => typeof n === 'number')) {
      numbers.push(5, value.length)
      for (const n of value) numbers.push(n)
    } else {
      const members = Object.entries(value).filter(([, member]) => member !== undefined)
      numbers.push(6, members.length)
      for (const [name, member] of members) {
        say(name)
        take(member)
      }
    }
  }
  take(value)
  return [texts.join('\n'), numbers]
}

function text(name, value) {
  if (typeof value !== 'string') throw new TypeError(`resit: ${name} is not a string`)
  return value
}

const judge = (whole, reference, answer, options) =>
  JSON.parse(
    loaded().grade(text('reference', reference), text(whole ? 'response' : 'answer', answer), whole, ...options),
  )

const understood = (answer, options) => JSON.parse(loaded().readAs(text('answer', answer), ...options))

export const grade = (reference, answer, options) => judge(false, reference, answer, taken(options))

export const gradeResponse = (reference, response, options) => judge(true, reference, response, taken(options))

export const readAs = (answer, options) => understood(answer, taken(options))

export class Grader {
  #options

  constructor(options) {
    this.#options = taken(options)
    this.readAs('')
  }

  grade(reference, answer) {
    return judge(false, reference, answer, this.#options)
  }

  gradeResponse(reference, response) {
    return judge(true, reference, response, this.#options)
  }

  readAs(answer) {
    return understood(answer, this.#options)
  }
}

// What makes the constructor take an episode of the module.
const PLAYED = Symbol('played')

export class Episode {
  #played
  #data
  #view

  constructor(task, settings, seed = 0) {
    this.#played = task[PLAYED] ?? loaded().Episode.start(...taken({ task, settings }), seed)
  }

  static fromJSON(written, settings) {
    const episode = JSON.parse(typeof written === 'string' ? written : JSON.stringify(written))
    return new Episode({ [PLAYED]: loaded().Episode.resume(...taken({ episode, settings })) })
  }

  #change(change) {
    this.#data = this.#view = undefined
    return change(this.#played)
  }

  #see() {
    return (this.#view ??= JSON.parse(this.#played.view()))
  }

  toJSON() {
    return (this.#data ??= JSON.parse(this.#played.write()))
  }

  step(attempt) {
    const piece = typeof attempt === 'string' ? { text: attempt } : attempt
    return JSON.parse(this.#change((played) => played.step(...taken(piece))))
  }

  encode(tokenize) {
    this.#change((played) => played.encode(tokenize))
  }

  fork(after) {
    return new Episode({ [PLAYED]: this.#played.fork(after) })
  }

  get question() {
    return this.toJSON().task.question
  }
  get attempts() {
    return this.toJSON().state.attempts
  }
  get results() {
    return this.toJSON().state.results
  }
  get stop() {
    return this.toJSON().state.stop
  }
  get segments() {
    return this.toJSON().transcript.segments
  }
  get remaining() {
    return this.#see().remaining
  }
  get reward() {
    return this.#see().reward
  }
  get rewards() {
    return this.#see().rewards
  }
  get text() {
    return this.#see().text
  }
  get tokens() {
    return this.#see().tokens
  }
  get lossMask() {
    return this.#see().loss_mask
  }
  get logprobs() {
    return this.#see().logprobs
  }
  get sequences() {
    return this.#see().sequences
  }
}
