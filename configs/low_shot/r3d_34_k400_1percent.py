# R3D-34 fine-tuned on 1 % of Kinetics-400, about 6 videos a class, by DSM's protocol ("Test with
# Limited Labeled Data", which uses I3D). Make the list first, see README.md. Give load_from.
_base_ = '../finetune/r3d_34_k400_dsm.py'

train_dataloader = dict(dataset=dict(ann_file='kinetics400_train_1percent.txt'))
