import { describe, expect, it } from 'vitest';
import { taskDefaults, changedFields, type TaskFields } from './task.ts';

const task: TaskFields = {
  ...taskDefaults,
  title: 'Write the report',
  description: 'Twelve pages',
  dueDate: new Date('2030-01-02T03:04:05.000Z'),
};

describe('an update', () => {
  it('keeps what was not sent', () => {
    expect(changedFields(task, { title: 'Send it' })).toEqual({ title: 'Send it' });
    expect(changedFields(task, { title: 'Send it', status: undefined })).toEqual({ title: 'Send it' });
  });

  it('changes nothing when it is empty or says the same again', () => {
    expect(changedFields(task, {})).toBeUndefined();
    expect(changedFields(task, { ...task, dueDate: new Date('2030-01-02T03:04:05.000Z') })).toBeUndefined();
    const empty = { ...task, ...taskDefaults };
    expect(changedFields(empty, taskDefaults)).toBeUndefined();
  });

  it('clears the description and the due date by null', () => {
    const cleared = { description: null, dueDate: null };
    expect(changedFields(task, cleared)).toEqual(cleared);
  });

  it('sets a due date where there was none', () => {
    const dueDate = new Date('2031-01-01');
    expect(changedFields({ ...task, dueDate: null }, { dueDate })).toEqual({ dueDate });
  });
});

describe('completion', () => {
  const todo = task;
  const done: TaskFields = { ...task, status: 'done' };
  const inProgress: TaskFields = { ...task, status: 'in_progress' };

  it('makes a task done', () => {
    expect(changedFields(todo, { isCompleted: true })).toEqual({ status: 'done' });
    expect(changedFields(inProgress, { isCompleted: true })).toEqual({ status: 'done' });
  });

  it('makes a done task todo again, and leaves any other as it is', () => {
    expect(changedFields(done, { isCompleted: false })).toEqual({ status: 'todo' });
    expect(changedFields(inProgress, { isCompleted: false })).toBeUndefined();
    expect(changedFields(todo, { isCompleted: false })).toBeUndefined();
  });

  it('is idempotent', () => {
    expect(changedFields(done, { isCompleted: true })).toBeUndefined();
  });

  it('yields to a status that was sent', () => {
    expect(changedFields(todo, { status: 'in_progress', isCompleted: true })).toEqual({ status: 'in_progress' });
    expect(changedFields(done, { status: 'done', isCompleted: false })).toBeUndefined();
    expect(changedFields(done, { status: 'todo', isCompleted: false })).toEqual({ status: 'todo' });
  });
});
