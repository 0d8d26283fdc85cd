// The odd cells of the fault matrix, for the second core; the even ones: matrix.test.ts.
import { describeCells, openMatrix } from './matrix-cells.js';

describeCells('odd', openMatrix());
