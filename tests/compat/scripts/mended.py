"""Two processes without a GPU train, save, resume and talk."""

import json
import os
import sys
from pathlib import Path

import tiny_run
import torch
from mmengine import dist

import mmdebias  # noqa: F401  (applies every workaround)

out = sys.argv[1]
# MMAction2's default runtime.
env = dict(mp_cfg=dict(mp_start_method='fork', opencv_num_threads=0), dist_cfg=dict(backend='nccl'))
distributed = dict(launcher='pytorch', env_cfg=env)
first = tiny_run.train(f'{out}/mended', 1, **distributed)
outcomes = dict(
    backend=dist.get_backend(),
    world_size=first.world_size,
    wrapper=type(first.model).__name__,
    set_device=torch.cuda.set_device.__name__,
    comm_device=str(dist.get_comm_device()),
)
second = tiny_run.train(f'{out}/mended', 2, resume=True, **distributed)
outcomes.update(iters=second.iter, history=len(second.message_hub.get_scalar('train/loss').data[0]))
begun = f'{out}/stock/epoch_1.pth'
stock = tiny_run.train(f'{out}/other', 2, resume=True, load_from=begun, **distributed)
outcomes.update(stock_epochs=stock.epoch, stock_iters=stock.iter)

rank = dist.get_rank()
part = torch.tensor([float(rank)])
total, parameters = torch.tensor([rank + 1.0]), [torch.full((2,), float(rank)), torch.ones(1)]
dist.all_reduce(total, 'mean')
dist.all_reduce_params(parameters, op='mean')
objects = ['from 0' if rank == 0 else None]
dist.broadcast_object_list(objects)
sent = torch.tensor([5.0 if rank == 0 else 0.0])
dist.broadcast(sent)
weights = dist.all_gather(torch.cat([p.detach().flatten() for p in second.model.parameters()]))
results = {
    device: dist.collect_results([rank, rank + 2], 4, device, tmpdir)
    for device, tmpdir in (('cpu', f'{out}/collect'), ('gpu', None))
}
outcomes.update(
    all_gather=[x.item() for x in dist.all_gather(part)],
    all_reduce=total.item(),
    all_reduce_params=parameters[0].tolist(),
    all_gather_object=dist.all_gather_object(dict(rank=rank)),
    broadcast=sent.item(),
    broadcast_object_list=objects,
    collect_results=results,
    same_seed=len(set(dist.all_gather_object(dist.sync_random_seed()))),
    same_weights=bool((weights[0] == weights[1]).all()),
)
dist.barrier()
torch.distributed.destroy_process_group()

if rank == 0:
    for name in ('TORCHELASTIC_USE_AGENT_STORE', 'LOCAL_RANK', 'RANK', 'WORLD_SIZE'):
        os.environ.pop(name, None)
    mpi = dict(LOCAL_RANK='0', RANK='0', SIZE='1')
    os.environ.update({f'OMPI_COMM_WORLD_{name}': value for name, value in mpi.items()})
    os.environ.update(SLURM_PROCID='0', SLURM_NTASKS='1', SLURM_NODELIST='here')
    os.environ.update(MASTER_ADDR='127.0.0.1')
    for launcher in ('slurm', 'mpi'):
        os.environ.pop('LOCAL_RANK', None)
        os.environ['MASTER_PORT'] = '0'
        dist.init_dist(launcher, backend='nccl')
        outcomes[launcher] = [dist.get_backend(), os.environ['LOCAL_RANK']]
        torch.distributed.destroy_process_group()
    Path(out, 'mended.json').write_text(json.dumps(outcomes))

sys.stdout.flush()
os._exit(0)  # gloo's threads can abort an interpreter that is being taken down
