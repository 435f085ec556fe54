import { describe, expect, it } from 'vitest';
import { changedFields, type TaskFields } from './task.ts';

const task: TaskFields = {
  title: 'Write the report',
  description: 'Twelve pages',
  status: 'todo',
  priority: 'medium',
  dueDate: new Date('2030-01-02T03:04:05.000Z'),
};

describe('an update', () => {
  it('keeps what was not sent', () => {
    expect(changedFields(task, { title: 'Send it' })).toEqual({ title: 'Send it' });
  });

  it('changes nothing when it is empty or says the same again', () => {
    expect(changedFields(task, {})).toEqual({});
    expect(changedFields(task, { ...task, dueDate: new Date('2030-01-02T03:04:05.000Z') })).toEqual({});
    expect(changedFields({ ...task, description: null, dueDate: null }, { description: null, dueDate: null })).toEqual(
      {},
    );
  });

  it('clears the description and the due date by null', () => {
    expect(changedFields(task, { description: null, dueDate: null })).toEqual({ description: null, dueDate: null });
  });

  it('sets a due date where there was none', () => {
    const dueDate = new Date('2031-01-01');
    expect(changedFields({ ...task, dueDate: null }, { dueDate })).toEqual({ dueDate });
  });
});

describe('completion', () => {
  it('makes a task done', () => {
    expect(changedFields(task, { isCompleted: true })).toEqual({ status: 'done' });
    expect(changedFields({ ...task, status: 'in_progress' }, { isCompleted: true })).toEqual({ status: 'done' });
  });

  it('makes a done task todo again, and leaves any other as it is', () => {
    expect(changedFields({ ...task, status: 'done' }, { isCompleted: false })).toEqual({ status: 'todo' });
    expect(changedFields({ ...task, status: 'in_progress' }, { isCompleted: false })).toEqual({});
    expect(changedFields(task, { isCompleted: false })).toEqual({});
  });

  it('is idempotent', () => {
    expect(changedFields({ ...task, status: 'done' }, { isCompleted: true })).toEqual({});
  });

  it('yields to a status that was sent', () => {
    expect(changedFields(task, { status: 'in_progress', isCompleted: true })).toEqual({ status: 'in_progress' });
    expect(changedFields({ ...task, status: 'done' }, { status: 'done', isCompleted: false })).toEqual({});
    expect(changedFields({ ...task, status: 'done' }, { status: 'todo', isCompleted: false })).toEqual({
      status: 'todo',
    });
  });
});
