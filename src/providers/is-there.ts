import { access } from 'node:fs/promises';

/** Whether there is a file or folder of that name. One that may not be read is there: it is said when it is read. */
export async function isThere(file: string): Promise<boolean> {
  try {
    await access(file);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EACCES';
  }
}
