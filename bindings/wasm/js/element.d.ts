import type { Decision, Episode, Reason } from './index.js'

/** What an attempt came to. */
export interface Judged {
  verdict: Decision
  reason: Reason
  /** How many attempts are left. */
  remaining: number
  ended: boolean
  /** The reward of the episode once it has ended. */
  reward?: number | null
}

/** The detail of the event `verdict`. */
export interface VerdictDetail extends Judged {
  /** The answer as it was graded. */
  answer: string
  status: 'correct' | 'wrong' | 'unread' | 'form'
  episode?: Episode
}

/**
 * A question with several attempts. Attributes: `question` (or the element's content), `reference`,
 * `attempts` (3), `policy` (`default`), `locale` (that of the page), `math-input` (where MathLive's
 * module lies; a plain field without it). Events: `ready`, and `verdict` with a {@link VerdictDetail}.
 */
export class ResitQuestion extends HTMLElement {
  /** Grades in place of the page, on a server, so that the reference is not in the page. */
  judge?: (answer: string) => Judged | Promise<Judged>
  readonly episode?: Episode
  readonly answer: string
  readonly locale: string
  ended?: boolean
  /** Begins anew. */
  restart(): Promise<void>
  /** Takes what stands in the field as an attempt. */
  submit(): Promise<void>
}

/** Registers the element under another name, too. */
export function define(name?: string): void

declare global {
  interface HTMLElementTagNameMap {
    'resit-question': ResitQuestion
  }
  interface HTMLElementEventMap {
    verdict: CustomEvent<VerdictDetail>
  }
}
