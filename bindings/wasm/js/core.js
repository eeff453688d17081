// The package's functions, over the WebAssembly module that one of the entries loads. All entries share
// this file, so that one `init` is enough, whichever of them is imported next.
import * as wasm from './glue.js'

let loading
let ready = false

/** Loads the module from `source` once; after a failure it may be tried again. */
export function load(source) {
  loading ??= (async () => {
    try {
      const given = typeof source === 'function' ? await source() : await source
      await wasm.default({ module_or_path: given })
      // Engines compile what is called for the first time; a person's first answer need not wait for it.
      wasm.grade('x+\\frac{1}{2}', '0.5+x', false, '')
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

const json = (value) => (value === undefined ? '' : JSON.stringify(value))

function text(name, value) {
  if (typeof value !== 'string') throw new TypeError(`resit: ${name} is not a string`)
  return value
}

const judge = (whole, reference, answer, options) =>
  JSON.parse(
    loaded().grade(text('reference', reference), text(whole ? 'response' : 'answer', answer), whole, options),
  )

export const grade = (reference, answer, options) => judge(false, reference, answer, json(options))

export const gradeResponse = (reference, response, options) => judge(true, reference, response, json(options))

export const readAs = (answer, options) =>
  JSON.parse(loaded().readAs(text('answer', answer), json(options)))

export class Grader {
  #options

  constructor(options) {
    this.#options = json(options)
    loaded().readAs('', this.#options)
  }

  grade(reference, answer) {
    return judge(false, reference, answer, this.#options)
  }

  gradeResponse(reference, response) {
    return judge(true, reference, response, this.#options)
  }

  readAs(answer) {
    return JSON.parse(loaded().readAs(text('answer', answer), this.#options))
  }
}

// What makes the constructor take an episode that was written.
const WRITTEN = Symbol('written')

export class Episode {
  #settings
  #written
  #data
  #view

  constructor(task, settings, seed = 0) {
    this.#settings = json(settings)
    this.#take(task[WRITTEN] ?? loaded().start(this.#settings, JSON.stringify(task), seed))
  }

  static fromJSON(episode, settings) {
    const written = typeof episode === 'string' ? episode : JSON.stringify(episode)
    const read = new Episode({ [WRITTEN]: written }, settings)
    read.#see()
    return read
  }

  #take(written) {
    this.#written = written
    this.#data = this.#view = undefined
  }

  #see() {
    return (this.#view ??= JSON.parse(loaded().view(this.#settings, this.#written)))
  }

  toJSON() {
    return (this.#data ??= JSON.parse(this.#written))
  }

  step(attempt) {
    const piece = typeof attempt === 'string' ? { text: attempt } : attempt
    const stepped = JSON.parse(loaded().step(this.#settings, this.#written, JSON.stringify(piece)))
    this.#take(JSON.stringify(stepped.episode))
    if (stepped.error !== null) throw new Error(`resit: ${stepped.error}`)
    return stepped.outcome
  }

  encode(tokenize) {
    this.#take(loaded().encode(this.#written, tokenize))
  }

  fork(after) {
    return new Episode(
      { [WRITTEN]: loaded().fork(this.#written, after) },
      this.#settings && JSON.parse(this.#settings),
    )
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
