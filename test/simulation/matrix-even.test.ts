// The even cells of the fault matrix: each keeps every promise (P1-P6), by state and by bytes.
import { describeCells } from './matrix-cells.js';

describeCells('even');
