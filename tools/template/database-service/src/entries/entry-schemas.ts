import { Type, type Static } from 'typebox';

/** As the API shows it. */
export const Entry = Type.Object(
  {
    text: Type.String({ example: 'Look at the disks' }),
    id: Type.Integer({ format: 'int64' }),
    created_at: Type.String({ format: 'date-time', example: '2030-01-02T03:04:05.000Z' }),
  },
  { $id: 'SampleEntry' },
);
export type Entry = Static<typeof Entry>;

export const EntryCreation = Type.Object(
  { text: Type.String({ minLength: 1, maxLength: 255, example: 'Look at the disks' }) },
  { $id: 'SampleEntryCreation' },
);

export const EntryList = Type.Object({ items: Type.Array(Type.Ref('SampleEntry')) }, { $id: 'SampleEntryList' });
