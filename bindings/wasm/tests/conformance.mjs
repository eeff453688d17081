// The suite that every binding runs, in Node and in browsers. Comments on its format are in
// tests/conformance/README.md.

/** Reads the suite from the repository. */
export async function suite() {
  const { readFile } = await import('node:fs/promises')
  const lines = async (name) => {
    const url = new URL(`../../../tests/conformance/${name}.jsonl`, import.meta.url)
    const text = await readFile(url, 'utf8')
    return text.split('\n').filter(Boolean).map((line) => JSON.parse(line))
  }
  return { grading: await lines('grading'), episodes: await lines('episodes') }
}

const utf8 = (text) => new TextEncoder().encode(text)
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other)

/** Runs the suite through a package that has been loaded, and lists what differs. */
export function conformance(resit, { grading, episodes }) {
  const differences = []
  for (const line of grading) {
    const options = line.policy && { policy: line.policy }
    const { verdict, reason, correct } =
      'response' in line
        ? resit.gradeResponse(line.reference, line.response, options)
        : resit.grade(line.reference, line.answer, options)
    if (!same({ verdict, reason }, line.expected) || correct !== (verdict === 'equal')) {
      differences.push({ ...line, verdict, reason, correct })
    }
  }
  for (const line of episodes) {
    const found = played(resit, line)
    for (const field of Object.keys(line.expected)) {
      if (!same(found[field], line.expected[field])) {
        differences.push({ name: line.name, field, expected: line.expected[field], found: found[field] })
      }
    }
  }
  return { grading: grading.length, episodes: episodes.length, differences }
}

const error = (thrown) => ({ error: thrown.message.replace(/^resit: /, '') })
const bits = (mask) => mask.map(Number)

function played({ Episode }, { task, environment, seed, ids, script }) {
  let episode
  try {
    episode = new Episode(task, environment, seed)
  } catch (thrown) {
    return error(thrown)
  }
  const steps = script.map((piece) => {
    if (ids) episode.encode(utf8)
    // Written and read between two pieces, it goes on as it was.
    episode = Episode.fromJSON(JSON.stringify(episode), environment)
    try {
      const { status, reward, feedback, stop } = episode.step(piece)
      return { status, reward, feedback, stop }
    } catch (thrown) {
      return error(thrown)
    }
  })
  const { stop, rewards, reward, text, tokens, lossMask, logprobs, sequences } = episode
  return {
    steps,
    stop,
    rewards,
    reward,
    text,
    tokens,
    loss_mask: bits(lossMask),
    logprobs,
    sequences: sequences.map((sequence) => ({
      tokens: sequence.tokens,
      loss_mask: bits(sequence.loss_mask),
      logprobs: sequence.logprobs,
      rewards: sequence.rewards,
    })),
  }
}
