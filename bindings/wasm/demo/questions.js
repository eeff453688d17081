// The built-in questions; `policy` where a form is asked for.
const text = (en, de, fr) => ({ en, de, fr })

export const QUESTIONS = [
  {
    question: text('What is ¾ + ½?', 'Was ist ¾ + ½?', 'Combien font ¾ + ½ ?'),
    reference: '5/4',
  },
  {
    question: text(
      'Write 0.75 as a fraction in lowest terms.',
      'Schreibe 0,75 als vollständig gekürzten Bruch.',
      'Écris 0,75 comme fraction irréductible.',
    ),
    reference: '3/4',
    policy: 'default+lowest-terms',
  },
  {
    question: text('Solve x² − 5x + 6 = 0.', 'Löse x² − 5x + 6 = 0.', 'Résous x² − 5x + 6 = 0.'),
    reference: 'x=2 or x=3',
  },
  {
    question: text('Expand (x − 3)².', 'Multipliziere (x − 3)² aus.', 'Développe (x − 3)².'),
    reference: 'x^2-6x+9',
    policy: 'default+expanded',
  },
  {
    question: text(
      'A square has an area of 8 cm². How long is its diagonal?',
      'Ein Quadrat hat einen Flächeninhalt von 8 cm². Wie lang ist seine Diagonale?',
      'Un carré a une aire de 8 cm². Quelle est la longueur de sa diagonale ?',
    ),
    reference: '4 cm',
  },
  {
    question: text(
      'For which x is |x − 2| < 3? Give an interval.',
      'Für welche x gilt |x − 2| < 3? Gib ein Intervall an.',
      'Pour quels x a-t-on |x − 2| < 3 ? Donne un intervalle.',
    ),
    reference: '(-1,5)',
  },
  {
    question: text(
      'Find the derivative of x·sin x.',
      'Bestimme die Ableitung von x·sin x.',
      'Trouve la dérivée de x·sin x.',
    ),
    reference: '\\sin x+x\\cos x',
  },
]
