// `npm run task`: the task service's operator command, on the database of the running local stack.
import { runOperatorProgram } from './operator-program.ts';

const help = `Usage: npm run task -- events list|retry|drop [SUBJECT] [--data-dir DIR]

  events list             shows the events that could not be handled
  events retry [SUBJECT]  handles those about SUBJECT again, or all
  events drop SUBJECT     forgets those about SUBJECT

SUBJECT is what an event is about, such as accounts/17. The stack must be
running: \`npm start\`.
  --data-dir DIR   the data folder of the stack (default .tasktracker)
`;

runOperatorProgram({ service: 'task', help, takes: (words) => words.length > 0 });
