import { useEffect, useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'
import 'resit/element'

/** A question with several attempts; `onVerdict` is told of each of them. */
function Question({ question, reference, attempts = 3, onVerdict }) {
  const element = useRef(null)
  useEffect(() => {
    const { current } = element
    const told = (event) => onVerdict(event.detail)
    current.addEventListener('verdict', told)
    return () => current.removeEventListener('verdict', told)
  }, [onVerdict])
  return <resit-question ref={element} question={question} reference={reference} attempts={attempts} />
}

function Quiz() {
  const [last, setLast] = useState(null)
  return (
    <main>
      <h1>Quiz</h1>
      <Question question="What is 2⁵?" reference="32" attempts={2} onVerdict={setLast} />
      {last && (
        <p id="last">
          {last.status}, {last.remaining} left
        </p>
      )}
    </main>
  )
}

createRoot(document.getElementById('root')).render(<Quiz />)
