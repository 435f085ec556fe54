// `npm run user`: the user service's operator command, on the database of the running local stack.
import { runOperatorProgram } from './operator-program.ts';
import { StartError } from './start-error.ts';

const help = `Usage: npm run user -- disable|enable|set-password NAME [--data-dir DIR]

  disable        NAME may not sign in any more and is signed out everywhere
  enable         NAME may sign in again
  set-password   asks for a new password, or takes it from standard input, and
                 signs NAME out everywhere

NAME is a username or an e-mail address. The stack must be running: \`npm start\`.
  --data-dir DIR   the data folder of the stack (default .tasktracker)
`;

const actions = ['disable', 'enable', 'set-password'];
const listsThem = '`npm run user -- --help` says what each does.';

runOperatorProgram({
  service: 'user',
  help,
  takes(words) {
    const [action = '', ...names] = words;
    if (words.length > 0 && !actions.includes(action)) {
      throw new StartError(`There is no command ${action}: use one of ${actions.join(', ')}. ${listsThem}`);
    }
    return names.length === 1;
  },
});
