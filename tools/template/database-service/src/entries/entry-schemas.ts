import { idSchema, ref, timestampSchema } from '@tasktracker/service-kit';
import { Type, type Static } from '@tasktracker/schema';

/** As the API shows it. */
export const Entry = Type.Object(
  {
    text: Type.String({ examples: ['Look at the disks'] }),
    id: idSchema,
    created_at: timestampSchema,
  },
  { $id: 'SampleEntry' },
);
export type Entry = Static<typeof Entry>;

/** An answer of this shape that is sent as the text it is. */
export const entryText = Type.Unsafe<string>(ref(Entry));

export const EntryCreation = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 255, examples: ['Look at the disks'] }) },
  { $id: 'SampleEntryCreation' },
);

export const EntryList = Type.Object({ items: Type.Array(Type.Ref('SampleEntry')) }, { $id: 'SampleEntryList' });
