/** Where the WebAssembly module comes from. */
export type Source = URL | string | Request | Response | BufferSource | WebAssembly.Module

/**
 * Loads the WebAssembly module. Everything else is synchronous, and throws until this has resolved.
 * Calling it again is harmless, and after a failure it tries again.
 *
 * @param source The module, if it does not lie where the package put it. `resit/slim` needs it.
 */
export function init(source?: Source | Promise<Source> | (() => Source | Promise<Source>)): Promise<void>

/** {@link init} from bytes or a compiled module, without a promise. Browsers allow it in workers only. */
export function initSync(source: BufferSource | WebAssembly.Module): void

/** Equal, different, or neither within the bounds on work. Undecided is not correct. */
export type Decision = 'equal' | 'different' | 'undecided'

/** How a decision was reached. */
export type Method = 'none' | 'identical' | 'form' | 'exact' | 'refuted' | 'numeric' | 'rounded' | 'text'

/** Why a verdict is what it is. */
export type Reason =
  | 'equal'
  | 'value-differs'
  | 'sign-differs'
  | 'unit-differs'
  | 'kind-differs'
  | 'count-differs'
  | 'item-differs'
  | 'order-differs'
  | 'bracket-differs'
  | 'name-differs'
  | 'base-differs'
  | 'text-differs'
  | 'chain-disagrees'
  | 'undefined'
  | 'not-understood'
  | 'limit-reached'
  | 'no-answer'
  | 'empty-reference'
  | 'form-differs'
  | 'magnitude-differs'

/** What an answer was read as. */
export type Form = 'empty' | 'mathematics' | 'opaque' | 'words' | 'choice' | 'date' | 'text'

/** Where the answer of a response is looked for. */
export type Extraction = 'default' | 'boxed' | 'first-box' | 'final-line' | 'tags'

/**
 * What counts as equal: `default`, `boxed` (only the last box of a response is its answer), `rounded`
 * (decimals count to the digits that are written), `strict` (no convention), the conventions of other
 * graders (`multi-attempt`, `math-verify`), or the fields of a policy, of which those that are missing are
 * the default's. After a `+` a name may ask for a form:
 * `default+lowest-terms`, `default+decimal-2`, `exact`, `factored`, `expanded`, `simplified-radical`,
 * `unit`.
 */
export type Policy =
  | (string & {})
  | {
      extraction?: Extraction
      conventions?: {
        kinds?: boolean
        units?: 'written' | 'converted' | 'ignored'
        names?: boolean
        domains?: boolean
        rounding?: 'never' | { significant: number } | { places: number } | { relative: number }
        [convention: string]: unknown
      }
      requirement?: string | null
      limits?: { length?: number; depth?: number; fuel?: number }
    }

/** How answers are graded; the names are those of `resit grade`. */
export interface Options {
  /** What counts as equal. Default: `default`. */
  policy?: Policy
  /** Where a response has its answer, if not where the policy looks. */
  extract?: Extraction
  /** Whether the verdict holds every step that led to it. */
  explain?: boolean
}

/** What was found. The fields are those of a line of `resit grade`. */
export interface Verdict {
  /** Whether the answer equals the reference. */
  correct: boolean
  verdict: Decision
  /** Whether the response held a closed, non-empty box. True for an answer that came extracted. */
  formatted: boolean
  /** The answer that was compared. */
  extracted: string | null
  method: Method
  reason: Reason
  /** With the option `explain`: what was made of both sides. */
  explanation?: { reference: Side; answer: Side }
}

/** What was made of one text. */
export interface Side {
  /** The answer in the text: one, or several that a sentence joins. */
  extracted: string[]
  /** What it was recognised by. */
  source: 'box' | 'marker' | 'math' | 'number' | 'place' | null
  tokens: string[]
  /** Several where commas may group digits or separate items. */
  readings: Reading[]
}

/** One way to read an answer. */
export interface Reading {
  /** In LaTeX, which reads back as the same. */
  latex: string
  /** In plain notation, which reads back as the same. */
  plain: string
  /** In English words. */
  words: string
  /** Its value in normal form, in plain notation. */
  canonical: string
}

/**
 * Whether `answer` equals `reference`.
 *
 * @example
 * grade('\\frac12', '0.5').correct // true
 * grade('\\frac13', '0.3').reason // 'value-differs'
 */
export function grade(reference: string, answer: string, options?: Options): Verdict

/** Extracts the answer from a model's whole output, and grades it. */
export function gradeResponse(reference: string, response: string, options?: Options): Verdict

/**
 * What an answer is read as, to show before it counts.
 *
 * @example
 * readAs('sqrt2/2').readings[0].words // 'the fraction the square root of 2 over 2 end fraction'
 */
export function readAs(answer: string, options?: Options): { form: Form; readings: Reading[] }

/** Grades answers under one set of options. */
export class Grader {
  /** Throws if the options are not understood. */
  constructor(options?: Options)
  grade(reference: string, answer: string): Verdict
  gradeResponse(reference: string, response: string): Verdict
  readAs(answer: string): { form: Form; readings: Reading[] }
}

/** A question and its answer. The answer is never shown, but it is in the page: see the README. */
export interface Task {
  question: string
  reference: string
  id?: string | null
}

/** The environment of an episode; what is missing is the default's. */
export interface Settings {
  /** How many attempts there are. Default: drawn from 1 to 5 by the seed. */
  attempts?: number | { uniform: { max: number } } | { weighted: number[] }
  /** What is said: `multi-attempt`, `repeat-question`, `single-turn`, `plain`, `think-answer`, or fields. */
  template?: string | object
  /** The markup of a family of models: `plain`, `chatml`, `llama3`, … or fields. */
  chat?: string | object
  /** What is said after a wrong attempt: `count`, `none`, `unary`, `diagnostic`, … or fields. */
  feedback?: string | object
  /** What attempts are worth. */
  rewards?: { correct?: number; wrong?: number; unformatted?: number; [term: string]: unknown }
  /** How many tokens may be sampled. */
  budget?: { attempt?: number | null; episode?: number | null }
  /** When an attempt that comes in pieces ends. */
  ending?: 'turn' | 'box' | { marker: string }
  /** What counts as right. Default: `boxed`. */
  policy?: Policy
}

/** A turn of the model, or a piece of one. */
export interface Attempt {
  text: string
  /** The ids as sampled. */
  tokens?: number[]
  /** The log-probability of each token. They are kept in 32 bits. */
  logprobs?: number[]
  /** Default: `end-of-turn`. */
  finish?: 'open' | 'end-of-turn' | 'length'
}

/** What a step came to. */
export interface Outcome {
  status: 'correct' | 'wrong' | 'stopped' | 'full' | 'open' | 'interlude'
  /** Of the whole episode once it has ended, 0 before. */
  reward: number
  /** What the environment says before the next turn, if there is one. */
  feedback: string | null
  stop: Stop | null
}

/** Why an episode ended. */
export type Stop = 'solved' | 'exhausted' | 'budget' | 'truncated' | 'accepted' | 'error'

/** What an attempt came to. */
export interface Result {
  status: Outcome['status']
  judgement: {
    decision: Decision
    formatted: boolean
    answer: string | null
    reason: Reason | null
    score: number | null
    /** One sentence that depends on the reason alone. */
    diagnosis: string | null
  } | null
  /** Whether its answer was given before. */
  repeated: boolean
  tokens: number
}

/** What was said, with one author. */
export interface Segment {
  kind: 'prompt' | 'attempt' | 'feedback' | 'reflection' | 'verification' | 'context'
  /** The attempt that it is, or that it follows, counted from 1; 0 for the prompt. */
  attempt: number
  text: string
  tokens: number[]
  logprobs: number[]
  finish: Attempt['finish'] | null
}

/** What is trained as one sequence. */
export interface Sequence {
  tokens: number[]
  loss_mask: boolean[]
  logprobs: number[] | null
  rewards: number[]
}

/**
 * One run through a question with several attempts. It is data: `JSON.stringify` writes it, in the form
 * that Rust and Python read and write too.
 *
 * @example
 * const episode = new Episode({ question: '6 × 7?', reference: '42' }, { attempts: 2 })
 * episode.step('It is \\boxed{43}.').feedback // '… You have 1 attempts left. …'
 * episode.step('No, \\boxed{42}.').reward // 1
 */
export class Episode {
  /** Starts an episode; the seed draws the number of attempts where that is not fixed. */
  constructor(task: Task, settings?: Settings, seed?: number)
  /**
   * Goes on with an episode that was written, as an object or as text: its attempts are played again, under
   * the settings that it had. Throws if it is none, or if they come to something else now.
   */
  static fromJSON(episode: object | string, settings?: Settings): Episode
  toJSON(): object
  /** Takes an attempt: a text, or with ids and log-probabilities. Throws where none can be taken. */
  step(attempt: string | Attempt): Outcome
  /** Gives ids to what the environment said and that has none. */
  encode(tokenize: (text: string) => ArrayLike<number>): void
  /** The episode as it was when attempt number `after` + 1 was about to begin. */
  fork(after: number): Episode
  readonly question: string
  /** How many attempts the episode grants. */
  readonly attempts: number
  /** How many are left. */
  readonly remaining: number
  /** What the attempts so far came to. */
  readonly results: Result[]
  /** Why it ended; `null` while it goes on. */
  readonly stop: Stop | null
  /** What it is worth; `null` while it goes on, and after an error. */
  readonly reward: number | null
  /** What each attempt so far is worth. */
  readonly rewards: number[]
  /** The dialogue as the model sees it. */
  readonly text: string
  readonly segments: Segment[]
  readonly tokens: number[]
  /** For each token, whether the model sampled it. */
  readonly lossMask: boolean[]
  /** For each token; `null` where one is not known. */
  readonly logprobs: number[] | null
  readonly sequences: Sequence[]
}
